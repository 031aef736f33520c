package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// The loader logs through logrus to stderr, which would tear a full-screen terminal.
// Nothing else in the program logs that way.
func init() { logrus.SetOutput(io.Discard) }

// composeNames are the names under which compose looks for its file, in its order.
var composeNames = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}

// errNoCompose says that the repository has no compose file under a usual name.
var errNoCompose = errors.New("no compose file")

// composeFile is a loaded compose file: what the kinds judge.
type composeFile struct {
	Path     string // the last file given
	Overlay  string // the base it only makes sense on; empty when it stands alone
	Services []service
	Networks []string
	Secrets  map[string]string // name → file, "external" or "environment"
	Version  bool              // has the obsolete version key
	Includes []string          // other compose files that it names
	Missed   []string          // those of them that could not be read, with the reason
	Unset    []string          // variables without default, as ${NAME}
}

// openCompose loads the named files, each on top of the one before; without names the
// file that compose itself would take.
func openCompose(ctx context.Context, tree *source.Tree, files []string) (*composeFile, error) {
	if len(files) == 0 {
		for _, name := range composeNames {
			if _, ok := tree.Stat(name); ok {
				files = []string{name}
				break
			}
		}
	}
	if len(files) == 0 {
		return nil, errNoCompose
	}
	c, err := loadCompose(ctx, tree, files)
	if err != nil || len(files) > 1 || c.complete() {
		return c, err
	}
	// A file whose services have neither image nor build may be meant to lie on the base.
	for _, base := range composeNames {
		base = path.Join(path.Dir(files[0]), base)
		if _, ok := tree.Stat(base); !ok || base == files[0] {
			continue
		}
		if both, err := loadCompose(ctx, tree, []string{base, files[0]}); err == nil && both.complete() {
			both.Overlay = base
			return both, nil
		}
	}
	return c, nil
}

// loadCompose reads and merges compose files. Variables are not filled in: their values
// belong to another machine, and `${NAME:?say so}` is good practice, not a mistake.
func loadCompose(ctx context.Context, tree *source.Tree, files []string) (*composeFile, error) {
	return loadComposeAt(ctx, tree, files, map[string]bool{})
}

func loadComposeAt(ctx context.Context, tree *source.Tree, files []string, seen map[string]bool) (*composeFile, error) {
	details := types.ConfigDetails{Environment: types.Mapping{}}
	c := &composeFile{Path: files[len(files)-1]}
	lines := map[string]int{}
	for _, f := range files {
		src, err := tree.Read(f, local.MaxFile)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		if err := c.outline(src, lines); err != nil {
			return nil, invalid{fmt.Errorf("%s: %w", f, err)}
		}
		details.ConfigFiles = append(details.ConfigFiles, types.ConfigFile{Filename: f, Content: src})
	}
	model, err := loadModel(ctx, tree, path.Dir(files[0]), details)
	if err != nil {
		return nil, err
	}
	c.fill(model, lines)
	c.follow(ctx, tree, seen)
	return c, nil
}

// included lists the files of an include, given as names or as a mapping with a path.
func included(n *yaml.Node) (names []string) {
	switch n.Kind {
	case yaml.ScalarNode:
		return []string{n.Value}
	case yaml.SequenceNode:
		for _, child := range n.Content {
			names = append(names, included(child)...)
		}
	case yaml.MappingNode:
		for key, value := range local.Pairs(n) {
			if key.Value == "path" {
				names = append(names, included(value)...)
			}
		}
	}
	return names
}

// mostIncludes bounds how many included files are followed.
const mostIncludes = 64

// follow adds the services of included files, each file once.
func (c *composeFile) follow(ctx context.Context, tree *source.Tree, seen map[string]bool) {
	for _, name := range c.Includes {
		at := path.Join(path.Dir(c.Path), name)
		if seen[at] {
			continue
		}
		if len(seen) >= mostIncludes || strings.Contains(name, "$") {
			c.Missed = append(c.Missed, name+": not followed")
			continue
		}
		seen[at] = true
		sub, err := loadComposeAt(ctx, tree, []string{at}, seen)
		if err != nil {
			c.Missed = append(c.Missed, err.Error())
			continue
		}
		c.Services = append(c.Services, sub.Services...)
		c.Networks = append(c.Networks, sub.Networks...)
		c.Missed = append(c.Missed, sub.Missed...)
		c.Unset = append(c.Unset, sub.Unset...)
	}
}

func loadModel(ctx context.Context, tree *source.Tree, dir string, details types.ConfigDetails) (model map[string]any, err error) {
	// The loader takes the types of some values for granted before it has looked at the schema.
	defer func() {
		if r := recover(); r != nil {
			model, err = nil, invalid{fmt.Errorf("a value has a type that compose does not allow there: %v", r)}
		}
	}()
	own := &ownFiles{tree: tree, dir: dir}
	options := func(o *loader.Options) {
		o.SkipInterpolation, o.SkipNormalization, o.SkipConsistencyCheck = true, true, true
		o.SkipResolveEnvironment, o.SkipInclude, o.ResolvePaths = true, true, false
		o.ResourceLoaders = []loader.ResourceLoader{own}
		o.SetProjectName("review", true)
	}
	model, err = loader.LoadModelWithContext(ctx, details, options)
	if err != nil && strings.Contains(err.Error(), "invalid ip address: $") {
		// The schema was met; the rule after it takes a variable for an address.
		model, err = loader.LoadModelWithContext(ctx, details, options, func(o *loader.Options) { o.SkipValidation = true })
	}
	switch {
	case own.missed != nil:
		return nil, own.missed
	case err != nil:
		return nil, invalid{err}
	}
	return model, nil
}

// invalid marks an error that is the file's fault, not the reader's.
type invalid struct{ error }

func (e invalid) Unwrap() error { return e.error }

// ownFiles lets `extends` read files of the tree only, by way of the tree's own root.
type ownFiles struct {
	tree   *source.Tree
	dir    string
	missed error // a file that is named but can't be read here
}

func (o *ownFiles) Accept(string) bool { return true }
func (o *ownFiles) Dir(string) string  { return o.dir }
func (o *ownFiles) Load(_ context.Context, name string) (string, error) {
	name = path.Join(o.dir, name)
	if _, err := o.tree.Read(name, local.MaxFile); err != nil {
		o.missed = fmt.Errorf("extends names %s: %w", name, err)
		return "", o.missed
	}
	return filepath.Join(o.tree.Dir, filepath.FromSlash(name)), nil
}

// outline takes from the bare YAML what the loaded model no longer tells: duplicate keys,
// lines, the version key, variables without a default.
func (c *composeFile) outline(src []byte, lines map[string]int) error {
	docs, err := local.YAML(src)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		for key, value := range local.Pairs(doc) {
			switch key.Value {
			case "version":
				c.Version = true
			case "include":
				c.Includes = append(c.Includes, included(value)...)
			case "services":
				for name := range local.Pairs(value) {
					lines[name.Value] = name.Line
				}
			}
		}
		c.Unset = append(c.Unset, bareVariables(doc)...)
	}
	slices.Sort(c.Unset)
	c.Unset = slices.Compact(c.Unset)
	return nil
}

// bareVariables lists variables that have neither a default nor a :? message.
func bareVariables(n *yaml.Node) (names []string) {
	if n.Kind == yaml.ScalarNode {
		for _, m := range bareVariable.FindAllStringSubmatch(strings.ReplaceAll(n.Value, "$$", ""), -1) {
			names = append(names, m[1]+m[2])
		}
	}
	for _, child := range n.Content {
		names = append(names, bareVariables(child)...)
	}
	return names
}

// complete tells whether every service says what it runs.
func (c *composeFile) complete() bool {
	return !slices.ContainsFunc(c.Services, func(s service) bool { return !s.runnable() })
}

func (c *composeFile) service(name string) (service, bool) {
	i := slices.IndexFunc(c.Services, func(s service) bool { return s.Name == name })
	if i < 0 {
		return service{}, false
	}
	return c.Services[i], true
}

// withCompose opens the repository and the compose file for a kind, or gives its answer.
func withCompose(ctx context.Context, p *checks.Probe, files []string) (*source.Tree, *composeFile, *checks.Result) {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return nil, nil, none
	}
	c, err := openCompose(ctx, tree, files)
	if err == nil {
		return tree, c, nil
	}
	v, reason := checks.Inconclusive, err.Error()
	var bad invalid
	switch {
	case errors.Is(err, errNoCompose) && len(readCluster(tree).Workloads) > 0:
		v, reason = checks.NA, "no compose file: the repository's cluster manifests start the services"
	case errors.Is(err, errNoCompose):
		v, reason = checks.Pending, "not declared: no compose file in the repository; name it, or say why it does not apply"
	case errors.As(err, &bad):
		reason = "the compose file does not load: " + reason
	}
	r := checks.NewResult(v, checks.Configuration, reason, p.Note("compose file", reason+"\n"))
	return tree, nil, &r
}
