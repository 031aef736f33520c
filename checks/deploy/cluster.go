package deploy

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// cluster is what the repository's Kubernetes manifests declare.
type cluster struct {
	Files     []string   // that hold manifests
	Templates []string   // Helm charts' templates, which must be rendered before they can be read
	Faults    []fault    // files that don't parse
	Objects   []resource // every document
	Workloads []workload // those that run pods
	Policies  bool       // has a NetworkPolicy
}

// fault is a file that does not parse.
type fault struct {
	Path string
	Err  error
}

// resource is one document of a manifest.
type resource struct {
	Path                        string
	Line                        int
	APIVersion, Kind, Name      string
	Labels, Selector, PodLabels map[string]string
	Body                        map[string]any
}

// workload is an object that runs pods.
type workload struct {
	resource
	Long       bool // runs for long: no Job or CronJob
	Replicas   int  // as written; 1 when nothing is said
	Written    bool // replicas are given
	Pod        map[string]any
	Containers []container
}

// container is one container of a pod.
type container struct {
	Name, Image string
	Init        bool
	Body        map[string]any
}

var (
	manifestHead = regexp.MustCompile(`(?m)^\s*-?\s*"?apiVersion"?\s*:`)
	manifestKind = regexp.MustCompile(`(?m)^\s*"?kind"?\s*:`)
	goTemplate   = regexp.MustCompile(`\{\{-?[^}]*\}\}`)
)

// mostManifests keeps a repository of many YAML files from taking for ever.
const mostManifests = 2000

// readCluster reads the plain YAML manifests of the repository. Patches of kustomize, which
// are parts of objects, are left out.
func readCluster(tree *source.Tree) *cluster {
	c := &cluster{}
	patches := kustomizePatches(tree)
	read := 0
	for _, f := range tree.Find("*.yaml", "*.yml") {
		if read == mostManifests {
			break
		}
		if strings.HasPrefix(f.Path, ".github/") || slices.Contains(composeNames, path.Base(f.Path)) || patches[f.Path] || notReleased.MatchString(f.Path) {
			continue
		}
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil || !manifestHead.Match(src) || !manifestKind.Match(src) {
			continue
		}
		read++
		c.add(tree, f.Path, src)
	}
	return c
}

// add reads one file.
func (c *cluster) add(tree *source.Tree, name string, src []byte) {
	if goTemplate.Match(src) && isTemplate(tree, name, src) {
		c.Templates = append(c.Templates, name)
		return
	}
	docs, err := local.YAML(src)
	if err != nil {
		c.Files = append(c.Files, name)
		c.Faults = append(c.Faults, fault{name, err})
		return
	}
	var objects []resource
	for _, doc := range docs {
		some, err := readObjects(name, doc)
		if err != nil {
			c.Files = append(c.Files, name)
			c.Faults = append(c.Faults, fault{name, err})
			return
		}
		objects = append(objects, some...)
	}
	if !slices.ContainsFunc(objects, func(o resource) bool { return isClusterAPI(o.APIVersion) }) {
		return
	}
	c.Files = append(c.Files, name)
	for _, o := range objects {
		if group, _, grouped := strings.Cut(o.APIVersion, "/"); grouped && configAPI.MatchString(group) {
			continue
		}
		c.Objects = append(c.Objects, o)
		c.Policies = c.Policies || o.Kind == "NetworkPolicy"
		if w, ok := readWorkload(o); ok {
			c.Workloads = append(c.Workloads, w)
		}
	}
}

// isTemplate tells a Helm template from a manifest that only holds such marks in a value,
// as the templates of alerts and of workflow engines do.
func isTemplate(tree *source.Tree, name string, src []byte) bool {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if _, ok := tree.Stat(path.Join(dir, "Chart.yaml")); ok {
			return true
		}
		if dir == "." {
			break
		}
	}
	_, err := local.YAML(src)
	return err != nil || regexp.MustCompile(`\.(Values|Release|Chart)\b`).Match(src)
}

// isClusterAPI tells the API groups of Kubernetes itself; other programs' files have an
// apiVersion too.
func isClusterAPI(version string) bool {
	group, _, grouped := strings.Cut(version, "/")
	if configAPI.MatchString(group) {
		return false
	}
	return version == "v1" || grouped && (slices.Contains([]string{"apps", "batch", "autoscaling", "policy", "extensions"}, group) || strings.HasSuffix(group, ".k8s.io"))
}

// configAPI are API groups of files that configure tools and are never given to a cluster.
var configAPI = regexp.MustCompile(`(config|kubeadm|audit|apiserver)\.k8s\.io$`)

// readObjects reads a document; a List holds several.
func readObjects(name string, doc *yaml.Node) (objects []resource, err error) {
	if doc.Kind != yaml.MappingNode {
		return nil, nil
	}
	var body map[string]any
	if err := doc.Decode(&body); err != nil {
		return nil, err
	}
	if kind := text(body["kind"]); kind == "List" || kind == "DeploymentList" {
		for key, value := range local.Pairs(doc) {
			if key.Value == "items" {
				for _, item := range value.Content {
					some, err := readObjects(name, item)
					if err != nil {
						return nil, err
					}
					objects = append(objects, some...)
				}
			}
		}
		return objects, nil
	}
	meta := object(body["metadata"])
	spec := object(body["spec"])
	o := resource{
		Path: name, Line: doc.Line, APIVersion: text(body["apiVersion"]), Kind: text(body["kind"]), Name: text(meta["name"]),
		Labels: stringMap(meta["labels"]), Selector: stringMap(object(spec["selector"])["matchLabels"]), Body: body,
	}
	if o.Name == "" {
		o.Name = text(meta["generateName"])
	}
	o.PodLabels = stringMap(object(object(spec["template"])["metadata"])["labels"])
	return []resource{o}, nil
}

func stringMap(v any) map[string]string {
	m := map[string]string{}
	for key, value := range object(v) {
		m[key] = text(value)
	}
	return m
}

// readWorkload reads the pods of an object that runs some.
func readWorkload(o resource) (workload, bool) {
	w := workload{resource: o, Long: true, Replicas: 1}
	spec := object(o.Body["spec"])
	template := object(spec["template"])
	switch o.Kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
	case "Job":
		w.Long = false
	case "CronJob":
		w.Long = false
		template = object(object(object(spec["jobTemplate"])["spec"])["template"])
	case "Pod":
		template = o.Body
	default:
		return w, false
	}
	if n, ok := number(spec["replicas"]); ok {
		w.Replicas, w.Written = n, true
	}
	w.Pod = object(template["spec"])
	for _, part := range []string{"initContainers", "containers"} {
		for _, v := range list(w.Pod[part]) {
			body := object(v)
			w.Containers = append(w.Containers, container{text(body["name"]), text(body["image"]), part == "initContainers", body})
		}
	}
	return w, true
}

func number(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case uint64:
		return int(n), n < 1<<31
	}
	return 0, false
}

// kustomizePatches lists files that a kustomization lays over others.
func kustomizePatches(tree *source.Tree) map[string]bool {
	patches := map[string]bool{}
	for _, f := range tree.Find("kustomization.yaml", "kustomization.yml", "Kustomization") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			continue
		}
		docs, err := local.YAML(src)
		if err != nil {
			continue
		}
		for _, doc := range docs {
			var body map[string]any
			if doc.Decode(&body) != nil {
				continue
			}
			for _, key := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
				for _, p := range list(body[key]) {
					name := text(p)
					if name == "" {
						name = text(object(p)["path"])
					}
					if name != "" {
						patches[path.Join(path.Dir(f.Path), name)] = true
					}
				}
			}
		}
	}
	return patches
}

// named says "Deployment api".
func (o resource) named() string { return strings.TrimSpace(o.Kind + " " + o.Name) }

// matches tells whether labels hold all that a selector asks for; an empty one asks nothing.
func matches(selector, labels map[string]string) bool {
	if len(selector) == 0 {
		return false
	}
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return true
}
