package repo

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

//go:embed modules.toml
var moduleTable []byte

// modules is what is known of module names.
type modules struct {
	stdlib, same, namespaces, builtin map[string]bool
	packages, along                   map[string][]string
}

// knownModules reads the embedded table; a mistake in it is one of this program's and is
// found by the first test.
var knownModules = sync.OnceValue(func() modules {
	var table struct {
		Python struct {
			Stdlib, Same, Namespaces string
			Packages, Along          map[string][]string
		}
		Node struct{ Builtin string }
	}
	if _, err := toml.Decode(string(moduleTable), &table); err != nil {
		panic(err)
	}
	return modules{
		words(table.Python.Stdlib), words(table.Python.Same), words(table.Python.Namespaces), words(table.Node.Builtin),
		table.Python.Packages, table.Python.Along,
	}
})

func words(s string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(s) {
		set[w] = true
	}
	return set
}

// bringers are the Python packages that bring a module. known is false where only the
// convention that both have one name speaks for it.
func (m modules) bringers(module string) (packages []string, known bool) {
	top, _, _ := strings.Cut(module, ".")
	if named, ok := m.packages[top]; ok {
		return named, true
	}
	if m.namespaces[top] {
		parts := strings.Split(module, ".")
		for n := len(parts); n > 1; n-- {
			packages = append(packages, strings.Join(parts[:n], "-"))
		}
		return packages, false
	}
	return []string{top}, m.same[top]
}
