package deploy

import (
	"context"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

var kubernetesResources = checks.Define(checks.Kind{
	ID:       "deploy.kubernetes.resources",
	Title:    "Pods have limits, and more than one runs",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads plain YAML manifests",
	Rule: "Per workload. PASS: requests and a memory limit on each container and, of a Deployment, an autoscaler with two pods or more at least and a " +
		"PodDisruptionBudget. WARN: some requests or limits are missing; a fixed number of replicas; no PodDisruptionBudget; a StatefulSet with " +
		"one pod. FAIL: a container with neither requests nor limits; one replica. Whether an autoscaler's metric was ever tried can't be seen. Inconclusive: a template.",
	Fix: "```yaml\nresources: {requests: {cpu: 100m, memory: 256Mi}, limits: {memory: 512Mi}}\n```\n" +
		"and a HorizontalPodAutoscaler with minReplicas 2, and a PodDisruptionBudget.",
	Refs: []string{"Kubernetes resource management", "Kubernetes disruptions"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	c, none := withCluster(ctx, p)
	if none != nil {
		return *none
	}
	return judgeWorkloads(p, c, "limits, scaling and disruption budgets set", func(w workload, add adder) {
		before := 0
		tell := func(v checks.Verdict, rule, format string, a ...any) { before++; add(v, rule, format, a...) }
		judgeLimits(w, tell)
		judgeReplicas(c, w, tell)
		if before == 0 {
			add(checks.Pass, "resources", "limits and replicas are set")
		}
	})
})

// judgeLimits looks at requests and limits of a workload's containers.
func judgeLimits(w workload, add adder) {
	for _, c := range w.Containers {
		if c.Init {
			continue
		}
		resources := object(c.Body["resources"])
		requests, limits := object(resources["requests"]), object(resources["limits"])
		has := func(m map[string]any, key string) bool { return text(m[key]) != "" && text(m[key]) != "0" }
		memory := has(limits, "memory")
		// A limit without a request is a request of the same size.
		asked := (has(requests, "cpu") || has(limits, "cpu")) && (has(requests, "memory") || memory)
		switch {
		case len(requests) == 0 && len(limits) == 0:
			add(checks.Fail, "resources", "container %s has neither requests nor limits", c.Name)
		case !memory:
			add(checks.Warn, "limits", "container %s has no memory limit", c.Name)
		case !asked:
			add(checks.Warn, "requests", "container %s does not request both cpu and memory", c.Name)
		}
	}
}

// judgeReplicas looks at how many pods of a workload run, and what keeps them running.
func judgeReplicas(c *cluster, w workload, add adder) {
	if w.Kind != "Deployment" && w.Kind != "StatefulSet" {
		return
	}
	least, scaled := c.autoscaled(w)
	switch {
	case scaled && least < 2:
		add(checks.Fail, "replicas", "its autoscaler may go down to %s", local.Count(least, "pod"))
		return
	case !scaled && w.Replicas < 2 && w.Kind == "StatefulSet":
		add(checks.Warn, "replicas", "only %s", local.Count(w.Replicas, "pod"))
		return
	case !scaled && w.Replicas < 2:
		add(checks.Fail, "replicas", "only %s and no autoscaler", local.Count(w.Replicas, "replica"))
		return
	case !scaled && w.Kind == "Deployment":
		add(checks.Warn, "replicas", "%d replicas, fixed: no autoscaler", w.Replicas)
	}
	if !c.budgeted(w) {
		add(checks.Warn, "budget", "no PodDisruptionBudget selects its pods")
	}
}

// autoscaled finds the autoscaler of a workload and the least number of pods it keeps.
func (c *cluster) autoscaled(w workload) (least int, scaled bool) {
	for _, o := range c.Objects {
		spec := object(o.Body["spec"])
		ref := object(spec["scaleTargetRef"])
		if o.Kind != "HorizontalPodAutoscaler" && o.Kind != "ScaledObject" || text(ref["name"]) != w.Name {
			continue
		}
		if kind := text(ref["kind"]); kind != "" && kind != w.Kind {
			continue
		}
		for _, key := range []string{"minReplicas", "minReplicaCount"} {
			if n, ok := number(spec[key]); ok {
				return n, true
			}
		}
		if o.Kind == "ScaledObject" {
			return 0, true
		}
		return 1, true
	}
	return 0, false
}

// budgeted tells whether a PodDisruptionBudget selects a workload's pods.
func (c *cluster) budgeted(w workload) bool {
	for _, o := range c.Objects {
		if o.Kind == "PodDisruptionBudget" && matches(o.Selector, w.PodLabels) {
			return true
		}
	}
	return false
}

var composeScaling = checks.Define(checks.Kind{
	ID:       "deploy.compose.scaling",
	Title:    "Services have limits, and more than one runs",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the compose file",
	Rule: "Per service that runs for long. FAIL: no memory limit; one replica of a service that is no database, cache or queue and has no fixed port of the host. WARN: one that has; replicas and limits " +
		"are set; compose itself adds no replica when load grows, so it never passes. na: no compose file, but Kubernetes manifests; only jobs.",
	Fix:  "`deploy: {replicas: 2, resources: {limits: {memory: 512M}}}` behind a proxy that spreads requests; what adds another one must be said by hand.",
	Refs: []string{"Compose deploy specification"},
}, func(ctx context.Context, p *checks.Probe, params composeHardeningParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	files := []string(params.Files)
	if len(files) == 0 {
		files = productionCompose(tree)
	}
	_, c, none := withCompose(ctx, p, files)
	if none != nil {
		return *none
	}
	obs := judgeScaling(c)
	if len(obs) == 0 {
		return checks.NewResult(checks.NA, checks.Configuration, c.Path+" has no service that runs for long", p.Note(c.Path, "only jobs\n"))
	}
	return obs.Result(p, c.Path, "")
})

// judgeScaling applies the rule of deploy.compose.scaling.
func judgeScaling(c *composeFile) local.Observations {
	obs := local.Observations{}
	for _, s := range c.Services {
		if s.isJob(c) {
			continue
		}
		before := len(obs)
		if !s.Memory {
			obs.Add(checks.Fail, c.Path, s.Line, "limits", "%s: no memory limit", s.Name)
		}
		switch {
		case s.Replicas >= 2 || s.isStore():
		case slices.ContainsFunc(s.Ports, func(p port) bool { return p.Published != "" && !strings.Contains(p.Published, "-") }):
			obs.Add(checks.Warn, c.Path, s.Line, "replicas", "%s: one replica; with a fixed port of the host there can be no second", s.Name)
		default:
			obs.Add(checks.Fail, c.Path, s.Line, "replicas", "%s: one replica", s.Name)
		}
		if len(obs) == before {
			obs.Add(checks.Warn, c.Path, s.Line, "fixed", "%s: limits are set; compose adds no replica by itself", s.Name)
		}
	}
	return obs
}
