package deploy

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

// withCluster reads the manifests for a kind, or gives its answer where there are none.
func withCluster(ctx context.Context, p *checks.Probe) (*cluster, *checks.Result) {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return nil, none
	}
	c := readCluster(tree)
	if len(c.Workloads)+len(c.Templates)+len(c.Faults) > 0 {
		return c, nil
	}
	for _, name := range composeNames {
		if _, ok := tree.Stat(name); ok {
			r := checks.NewResult(checks.NA, checks.Configuration, "no Kubernetes workload: "+name+" starts the services",
				p.Note("manifests", local.Count(len(c.Files), "manifest")+", none of which runs pods\n"))
			return nil, &r
		}
	}
	return nil, local.Pending("not declared: no Kubernetes manifest in the repository runs pods; say what starts production, or why it does not apply")
}

// unreadable says what of the manifests could not be judged: templates and broken files. A
// kind that looks at the pods can say nothing of them.
func (c *cluster) unreadable() local.Observations {
	obs := local.Observations{}
	for _, name := range c.Templates {
		obs.Add(checks.Inconclusive, name, 0, "template", "is a template; render it (helm template) and check the output")
	}
	for _, f := range c.Faults {
		obs.Add(checks.Inconclusive, f.Path, 0, "yaml", "does not parse: %v", f.Err)
	}
	return obs
}

// judgeWorkloads applies a rule to every workload that runs pods, or says why there is none.
func judgeWorkloads(p *checks.Probe, c *cluster, ok string, judge func(w workload, add adder)) checks.Result {
	obs := c.unreadable()
	judged := 0
	for _, w := range c.Workloads {
		before := len(obs)
		add := func(v checks.Verdict, rule, format string, a ...any) {
			obs.Add(v, w.Path, w.Line, rule, "%s: %s", w.named(), fmt.Sprintf(format, a...))
		}
		if w.patch() {
			continue
		}
		judge(w, add)
		if len(obs) > before {
			judged++
		}
	}
	if len(obs) == 0 {
		return checks.NewResult(checks.NA, checks.Configuration, "the manifests hold no workload that this concerns",
			p.Note("manifests", strings.Join(c.Files, "\n")+"\n"))
	}
	return obs.Result(p, "manifests", local.Count(judged, "workload")+" of "+local.Count(len(c.Files), "manifest")+": "+ok)
}

type adder func(v checks.Verdict, rule, format string, a ...any)

// patch tells parts of objects that another tool lays over whole ones: no container has an
// image.
func (w workload) patch() bool {
	return !slices.ContainsFunc(w.Containers, func(c container) bool { return c.Image != "" })
}

// removedAPIs are API versions that the cluster no longer serves, with the release that
// took them away, by the Kubernetes deprecation guide; * stands for every kind.
var removedAPIs = map[string]map[string]string{
	"extensions/v1beta1":                   {"Ingress": "1.22", "*": "1.16"},
	"apps/v1beta1":                         {"*": "1.16"},
	"apps/v1beta2":                         {"*": "1.16"},
	"networking.k8s.io/v1beta1":            {"Ingress": "1.22", "IngressClass": "1.22"},
	"rbac.authorization.k8s.io/v1beta1":    {"*": "1.22"},
	"rbac.authorization.k8s.io/v1alpha1":   {"*": "1.22"},
	"apiextensions.k8s.io/v1beta1":         {"*": "1.22"},
	"apiregistration.k8s.io/v1beta1":       {"*": "1.22"},
	"admissionregistration.k8s.io/v1beta1": {"MutatingWebhookConfiguration": "1.22", "ValidatingWebhookConfiguration": "1.22"},
	"certificates.k8s.io/v1beta1":          {"*": "1.22"},
	"coordination.k8s.io/v1beta1":          {"*": "1.22"},
	"scheduling.k8s.io/v1beta1":            {"*": "1.22"},
	"batch/v1beta1":                        {"*": "1.25"},
	"policy/v1beta1":                       {"*": "1.25"},
	"discovery.k8s.io/v1beta1":             {"*": "1.25"},
	"events.k8s.io/v1beta1":                {"*": "1.25"},
	"node.k8s.io/v1beta1":                  {"*": "1.25"},
	"autoscaling/v2beta1":                  {"*": "1.25"},
	"autoscaling/v2beta2":                  {"*": "1.26"},
	"flowcontrol.apiserver.k8s.io/v1beta1": {"*": "1.26"},
	"flowcontrol.apiserver.k8s.io/v1beta2": {"*": "1.29"},
	"flowcontrol.apiserver.k8s.io/v1beta3": {"*": "1.32"},
}

var kubernetesValid = checks.Define(checks.Kind{
	ID:       "deploy.kubernetes.valid",
	Title:    "Cluster manifests parse and name API versions that exist",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; reads plain YAML manifests. Schemas of the kinds are not applied",
	Rule: "PASS: every manifest parses, has apiVersion, kind and a name, and its selector selects its own pods. FAIL: YAML that does not parse, a key " +
		"twice, a missing part, an API version that Kubernetes no longer serves, a selector that misses its pods, a workload without container. " +
		"Inconclusive: a Helm template; render it first. na: no workload, but a compose file. Pending: neither. Examples and documentation are left out. Patches of kustomize are left out.",
	Fix:  "Render and validate in the pipeline: `helm template . | kubeconform -strict -summary`.",
	Refs: []string{"Kubernetes deprecated API migration guide"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	c, none := withCluster(ctx, p)
	if none != nil {
		return *none
	}
	return judgeManifests(c).Result(p, "manifests", local.Count(len(c.Objects), "object")+" of "+local.Count(len(c.Files), "manifest")+" well formed")
})

// judgeManifests applies the rule of deploy.kubernetes.valid.
func judgeManifests(c *cluster) local.Observations {
	obs := local.Observations{}
	for _, name := range c.Templates {
		obs.Add(checks.Inconclusive, name, 0, "template", "is a template; render it (helm template) and check the output")
	}
	for _, f := range c.Faults {
		obs.Add(checks.Fail, f.Path, 0, "yaml", "does not parse: %v", f.Err)
	}
	for _, o := range c.Objects {
		before := len(obs)
		for _, part := range []struct{ name, value string }{{"apiVersion", o.APIVersion}, {"kind", o.Kind}, {"metadata.name", o.Name}} {
			if part.value == "" {
				obs.Add(checks.Fail, o.Path, o.Line, "shape", "%s has no %s", strings.TrimSpace("object "+o.named()), part.name)
			}
		}
		kinds := removedAPIs[o.APIVersion]
		if gone, ok := kinds[o.Kind]; ok || kinds["*"] != "" {
			if !ok {
				gone = kinds["*"]
			}
			obs.Add(checks.Fail, o.Path, o.Line, "api", "%s: %s is no longer served since Kubernetes %s", o.named(), o.APIVersion, gone)
		}
		if len(o.Selector) > 0 && len(o.PodLabels) > 0 && !matches(o.Selector, o.PodLabels) {
			obs.Add(checks.Fail, o.Path, o.Line, "selector", "%s: its selector does not match its own pods' labels", o.named())
		}
		if len(obs) == before {
			obs.Add(checks.Pass, o.Path, o.Line, "object", "%s is well formed", o.named())
		}
	}
	for _, w := range c.Workloads {
		if len(w.Containers) == 0 {
			obs.Add(checks.Fail, w.Path, w.Line, "containers", "%s has no container", w.named())
		}
	}
	return obs
}

var kubernetesProbes = checks.Define(checks.Kind{
	ID:       "deploy.kubernetes.probes",
	Title:    "Pods have liveness and readiness probes that differ",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads plain YAML manifests",
	Rule: "Per workload that runs for long, its containers with ports, or all where none names a port. PASS: readiness and liveness probes that ask " +
		"different things. WARN: no liveness probe; both ask the same, so that a failing dependency restarts the pod. FAIL: no readiness probe. " +
		"Inconclusive: a template. na: no workload that runs for long. Which dependencies a route asks can't be seen in a manifest.",
	Fix: "```yaml\nlivenessProbe:  {httpGet: {path: /live, port: 8080}, periodSeconds: 10}\nreadinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}\n```\n" +
		"Liveness asks nothing outside the process.",
	Refs: []string{"Kubernetes probes"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	c, none := withCluster(ctx, p)
	if none != nil {
		return *none
	}
	return judgeWorkloads(p, c, "probed", judgeProbes)
})

// judgeProbes applies the rule of deploy.kubernetes.probes to one workload.
func judgeProbes(w workload, add adder) {
	if !w.Long {
		return
	}
	for _, c := range w.served() {
		ready, live := object(c.Body["readinessProbe"]), object(c.Body["livenessProbe"])
		switch {
		case len(ready) == 0:
			add(checks.Fail, "readiness", "container %s has no readiness probe", c.Name)
		case len(live) == 0:
			add(checks.Warn, "liveness", "container %s has no liveness probe", c.Name)
		case sameProbe(ready, live):
			add(checks.Warn, "same", "container %s: liveness asks the same as readiness, so what should only take it out of service restarts it", c.Name)
		default:
			add(checks.Pass, "probes", "container %s has both, and they differ", c.Name)
		}
	}
}

// served are the containers that answer somebody: those with ports, or all.
func (w workload) served() (some []container) {
	for _, all := range []bool{false, true} {
		for _, c := range w.Containers {
			if !c.Init && (all || len(list(c.Body["ports"])) > 0) {
				some = append(some, c)
			}
		}
		if len(some) > 0 {
			break
		}
	}
	return some
}

// sameProbe tells whether two probes ask the same, whatever their periods.
func sameProbe(a, b map[string]any) bool {
	for _, way := range []string{"httpGet", "exec", "tcpSocket", "grpc"} {
		if a[way] != nil {
			return reflect.DeepEqual(a[way], b[way])
		}
	}
	return false
}

var kubernetesHardening = checks.Define(checks.Kind{
	ID:       "deploy.kubernetes.hardening",
	Title:    "Pods are hardened",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; reads plain YAML manifests",
	Rule: "PASS: none of the following. WARN: runAsNonRoot is not set; privilege escalation is not ruled out; not all capabilities are dropped; the root " +
		"file system is writable; an image without tag or with one that moves; a secret as a literal; no NetworkPolicy in any manifest. FAIL: " +
		"privileged; the host's network, process or IPC namespace; a container engine's socket or the host's root mounted; the capability ALL or SYS_ADMIN; runs as user 0. Inconclusive: a template.",
	Fix: "```yaml\nsecurityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}\n```\n" +
		"Pin image tags; a NetworkPolicy that denies by default.",
	Refs: []string{"Kubernetes Pod Security Standards", "CIS Kubernetes 5.2", "CIS Kubernetes 5.3.2", "CWE-250"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	c, none := withCluster(ctx, p)
	if none != nil {
		return *none
	}
	return judgeWorkloads(p, c, "hardened", func(w workload, add adder) {
		judgeHardenedPod(w, add)
		if !c.Policies {
			add(checks.Warn, "network", "no NetworkPolicy in the manifests: every pod may talk to every other")
		}
	})
})

// judgeHardenedPod applies the rule of deploy.kubernetes.hardening to one workload.
func judgeHardenedPod(w workload, add adder) {
	said := 0
	tell := func(v checks.Verdict, rule, format string, a ...any) { said++; add(v, rule, format, a...) }
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if w.Pod[key] == true {
			tell(checks.Fail, "host-namespace", "%s shares the host's namespace", key)
		}
	}
	for _, v := range list(w.Pod["volumes"]) {
		if at := text(object(object(v)["hostPath"])["path"]); at != "" && handsOver(at) {
			tell(checks.Fail, "host-path", "mounts the host's %s", at)
		}
	}
	pod := object(w.Pod["securityContext"])
	for _, c := range w.Containers {
		judgeContainer(c, pod, func(v checks.Verdict, rule, say string) { tell(v, rule, "container %s %s", c.Name, say) })
	}
	if said == 0 {
		add(checks.Pass, "pod", "nothing found")
	}
}

func judgeContainer(c container, pod map[string]any, tell func(v checks.Verdict, rule, say string)) {
	own := object(c.Body["securityContext"])
	either := func(key string) any { // the container's own setting goes before the pod's
		if v, ok := own[key]; ok {
			return v
		}
		return pod[key]
	}
	capabilities := object(own["capabilities"])
	added := strings.ToUpper(strings.Join(texts(capabilities["add"]), " ") + " ")
	if own["privileged"] == true {
		tell(checks.Fail, "privileged", "is privileged")
	}
	if strings.Contains(added, "ALL ") || strings.Contains(added, "SYS_ADMIN ") {
		tell(checks.Fail, "capabilities", "adds capabilities that give it the host")
	}
	if user, ok := number(either("runAsUser")); ok && user == 0 {
		tell(checks.Fail, "user", "runs as user 0")
	} else if either("runAsNonRoot") != true && (!ok || user == 0) {
		tell(checks.Warn, "user", "may run as root: runAsNonRoot is not set")
	}
	if own["allowPrivilegeEscalation"] != false {
		tell(checks.Warn, "escalation", "may gain privileges: allowPrivilegeEscalation is not false")
	}
	if !slices.ContainsFunc(texts(capabilities["drop"]), func(s string) bool { return strings.EqualFold(s, "ALL") }) {
		tell(checks.Warn, "capabilities", "keeps the default capabilities")
	}
	if own["readOnlyRootFilesystem"] != true {
		tell(checks.Warn, "file-system", "may write to its root file system")
	}
	if c.Image != "" && !strings.Contains(c.Image, "@sha256:") && floating(c.Image) {
		tell(checks.Warn, "image", "image "+c.Image+" is not pinned to a version")
	}
	for _, v := range list(c.Body["env"]) {
		name, value := text(object(v)["name"]), text(object(v)["value"])
		if isSecretName(name) && classify(name, value, "") == classSet && !strings.Contains(value, "$(") {
			tell(checks.Warn, "secret", "has "+name+" as a literal")
		}
	}
}

// sortedKeys lists the keys of a mapping in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
