package deploy

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// goodManifest has all that the kinds ask of a cluster's manifests.
const goodManifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: api}
spec:
  replicas: 3
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
        - name: api
          image: registry.lan/api:1.2
          ports: [{containerPort: 8080}]
          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}
          readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}
          livenessProbe: {httpGet: {path: /live, port: 8080}}
          securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: api}
spec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: api}
spec: {minAvailable: 1, selector: {matchLabels: {app: api}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api}
spec: {podSelector: {}}
`

// k8s is the good manifest with parts replaced: old, new, old, new.
func k8s(t *testing.T, pairs ...string) map[string]string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(goodManifest, pairs[i]) {
			t.Fatalf("the good manifest has no %q", pairs[i])
		}
	}
	return file("k8s/api.yaml", strings.NewReplacer(pairs...).Replace(goodManifest))
}

const (
	hpa = "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: api}\nspec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}}\n"
	pdb = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: api}\nspec: {minAvailable: 1, selector: {matchLabels: {app: api}}}\n"
)

func TestKubernetesValid(t *testing.T) {
	runFiles(t, kubernetesValid, nil, nil, []fileCase{
		{"good", k8s(t), "", checks.Pass, "4 objects of 1 manifest"},
		{"an API that is gone", k8s(t, "apps/v1\nkind: Deployment", "apps/v1beta1\nkind: Deployment"), "", checks.Fail, "no longer served since Kubernetes 1.16"},
		{"an Ingress of old", k8s(t, "networking.k8s.io/v1\nkind: NetworkPolicy", "networking.k8s.io/v1beta1\nkind: Ingress"), "", checks.Fail, "1.22"},
		{"no name", k8s(t, "metadata: {name: api}\nspec:\n  replicas", "metadata: {}\nspec:\n  replicas"), "", checks.Fail, "no metadata.name"},
		{"selects others", k8s(t, "metadata: {labels: {app: api}}", "metadata: {labels: {app: web}}"), "", checks.Fail, "own pods' labels"},
		{"a key twice", k8s(t, "  replicas: 3\n", "  replicas: 3\n  replicas: 1\n"), "", checks.Fail, "does not parse"},
		{"a template", map[string]string{"chart/Chart.yaml": "name: a\n", "chart/templates/api.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\n"}, "", checks.Inconclusive, "is a template"},
		{"a good one beside a template", map[string]string{"a.yaml": goodManifest, "chart/Chart.yaml": "name: a\n", "chart/templates/b.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: {{ .Release.Name }}}\n"}, "", checks.Inconclusive, "is a template"},
		{"marks of another language are no template", k8s(t, "metadata: {name: api}\nspec:\n  replicas", "metadata: {name: api, annotations: {a: '{{ $labels.x }}'}}\nspec:\n  replicas"), "", checks.Pass, ""},
		{"a list", file("l.yaml", "apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: 'x:1'}]}}\n"), "", checks.Pass, "1 object"},
		{"an example", file("docs/k8s/api.yaml", goodManifest), "", checks.Pending, "not declared"},
		{"nothing that runs", file("rbac.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"), "", checks.Pending, "runs pods"},
		{"a kustomization and its patch", map[string]string{"a.yaml": goodManifest, "kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\npatches: [{path: p.yaml}]\n",
			"p.yaml": "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: api}\n"}, "", checks.Pass, ""},
		{"another program's file", map[string]string{"x.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\n"}, "", checks.Pending, "not declared"},
		{"compose instead", one(goodCompose), "", checks.NA, "compose.yaml starts"},
		{"aliases without end", file("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"), "", checks.Fail, "does not parse"},
	})
}

func TestKubernetesResources(t *testing.T) {
	limits := "          resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 128Mi}}\n"
	runFiles(t, kubernetesResources, nil, nil, []fileCase{
		{"good", k8s(t), "", checks.Pass, "1 workload"},
		{"no limits", k8s(t, limits, ""), "", checks.Fail, "neither requests nor limits"},
		{"no memory limit", k8s(t, ", limits: {memory: 128Mi}", ""), "", checks.Warn, "no memory limit"},
		{"no cpu request", k8s(t, "cpu: 100m, ", ""), "", checks.Warn, "does not request both"},
		{"one replica", k8s(t, "replicas: 3", "replicas: 1", hpa, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), "", checks.Fail, "only 1 replica"},
		{"replicas not given", k8s(t, "  replicas: 3\n", "", hpa, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), "", checks.Fail, "only 1 replica"},
		{"three, fixed", k8s(t, hpa, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), "", checks.Warn, "fixed"},
		{"scaled down to one", k8s(t, "minReplicas: 2", "minReplicas: 1"), "", checks.Fail, "down to 1 pod"},
		{"an autoscaler of another", k8s(t, "kind: Deployment, name: api}}", "kind: Deployment, name: web}}"), "", checks.Warn, "fixed"},
		{"no budget", k8s(t, pdb, "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"), "", checks.Warn, "no PodDisruptionBudget"},
		{"a budget of others", k8s(t, "selector: {matchLabels: {app: api}}}\n", "selector: {matchLabels: {app: web}}}\n"), "", checks.Warn, "no PodDisruptionBudget"},
		{"only a service", file("s.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"), "", checks.Pending, "runs pods"},
	})
}

func TestKubernetesProbes(t *testing.T) {
	live := "          livenessProbe: {httpGet: {path: /live, port: 8080}}\n"
	ready := "          readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}\n"
	runFiles(t, kubernetesProbes, nil, nil, []fileCase{
		{"good", k8s(t), "", checks.Pass, "1 workload"},
		{"no liveness", k8s(t, live, ""), "", checks.Warn, "no liveness"},
		{"no readiness", k8s(t, ready, ""), "", checks.Fail, "no readiness"},
		{"the same, at another pace", k8s(t, "path: /live", "path: /ready"), "", checks.Warn, "asks the same"},
		{"a sidecar without ports", k8s(t, "      containers:\n", "      containers:\n        - {name: log, image: log:1}\n"), "", checks.Pass, ""},
		{"a job", k8s(t, "apps/v1\nkind: Deployment", "batch/v1\nkind: Job", live, "", ready, ""), "", checks.NA, "no workload"},
		{"a broken file", map[string]string{"a.yaml": goodManifest, "b.yaml": "apiVersion: v1\nkind: Pod\n\tx: 1\n"}, "", checks.Inconclusive, "does not parse"},
	})
}

func TestKubernetesHardening(t *testing.T) {
	own := "allowPrivilegeEscalation: false"
	runFiles(t, kubernetesHardening, nil, nil, []fileCase{
		{"good", k8s(t), "", checks.Pass, ""},
		{"privileged", k8s(t, own, own+", privileged: true"), "", checks.Fail, "is privileged"},
		{"the host's network", k8s(t, "      containers:\n", "      hostNetwork: true\n      containers:\n"), "", checks.Fail, "hostNetwork"},
		{"the docker socket", k8s(t, "      containers:\n", "      volumes: [{name: s, hostPath: {path: /var/run/docker.sock}}]\n      containers:\n"), "", checks.Fail, "mounts the host's"},
		{"SYS_ADMIN", k8s(t, "{drop: [ALL]}", "{drop: [ALL], add: [SYS_ADMIN]}"), "", checks.Fail, "give it the host"},
		{"user 0", k8s(t, own, own+", runAsUser: 0"), "", checks.Fail, "runs as user 0"},
		{"a user by number", k8s(t, "runAsNonRoot: true", "runAsUser: 1000"), "", checks.Pass, ""},
		{"may be root", k8s(t, "runAsNonRoot: true", "fsGroup: 1"), "", checks.Warn, "may run as root"},
		{"the container takes it back", k8s(t, own, own+", runAsNonRoot: false"), "", checks.Warn, "may run as root"},
		{"escalation", k8s(t, own+", ", ""), "", checks.Warn, "may gain privileges"},
		{"capabilities", k8s(t, ", capabilities: {drop: [ALL]}", ""), "", checks.Warn, "default capabilities"},
		{"writable", k8s(t, "readOnlyRootFilesystem: true, ", ""), "", checks.Warn, "root file system"},
		{"latest", k8s(t, "api:1.2", "api:latest"), "", checks.Warn, "not pinned"},
		{"no tag", k8s(t, "registry.lan/api:1.2", "registry.lan:5000/api"), "", checks.Warn, "not pinned"},
		{"a literal secret", k8s(t, "          ports:", "          env: [{name: API_TOKEN, value: s3cr3tvalue99}]\n          ports:"), "", checks.Warn, "API_TOKEN as a literal"},
		{"a secret by reference", k8s(t, "          ports:", "          env: [{name: API_TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]\n          ports:"), "", checks.Pass, ""},
		{"no policy", k8s(t, "kind: NetworkPolicy", "kind: Ingress"), "", checks.Warn, "no NetworkPolicy"},
		{"an init container counts", k8s(t, "      containers:\n", "      initContainers: [{name: i, image: i:1, securityContext: {privileged: true}}]\n      containers:\n"), "", checks.Fail, "container i is privileged"},
	})
}

func TestComposeScaling(t *testing.T) {
	runCompose(t, composeScaling, []composeCase{
		{"one replica", one(changed("    ports: [\"127.0.0.1:${PORT:-8080}:8080\"]\n", "")), "", checks.Fail, "api: one replica"},
		{"one replica with a fixed port", one(goodCompose), "", checks.Warn, "can be no second"},
		{"two", one(changed("    stop_grace_period: 30s\n", "    deploy: {replicas: 2}\n")), "", checks.Warn, "adds no replica"},
		{"two by a variable", one(changed("    stop_grace_period: 30s\n", "    deploy: {replicas: \"${N:-2}\"}\n")), "", checks.Warn, "adds no replica"},
		{"no limit", one(changed("    stop_grace_period: 30s\n", "    deploy: {replicas: 2}\n", "    mem_limit: ${MEMORY:-512m}\n", "")), "", checks.Fail, "no memory limit"},
		{"a cluster instead", file("k8s.yaml", goodManifest), "", checks.NA, "cluster manifests"},
		{"neither", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}
