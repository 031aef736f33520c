package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Imports point one way only: themes ← tui, checks ← sessions ← tui ← cmd. A layer may
// import what stands in its list, and itself.
var layers = []struct {
	prefix string
	may    []string
}{
	{"assess/gonogo/themes", nil},
	{"assess/gonogo/checks", nil},
	{"assess/gonogo/sessions", []string{"assess/gonogo/checks"}},
	{"assess/gonogo/tui", []string{"assess/gonogo/checks", "assess/gonogo/sessions", "assess/gonogo/themes"}},
	{"assess/gonogo/cmd", []string{"assess/gonogo/"}},
}

func TestImportsPointOneWay(t *testing.T) {
	for pkg, imports := range packages(t) {
		for _, l := range layers {
			if !below(pkg, l.prefix) {
				continue
			}
			for _, imp := range imports {
				if strings.HasPrefix(imp, "assess/gonogo/") && !below(imp, l.prefix) && !allowed(imp, l.may) {
					t.Errorf("%s imports %s", pkg, imp)
				}
			}
		}
	}
}

// Screens ask for one another by name: no screen imports another, nor the root.
func TestScreensDoNotImportEachOther(t *testing.T) {
	const screens = "assess/gonogo/tui/screen/"
	for pkg, imports := range packages(t) {
		if !strings.HasPrefix(pkg, screens) {
			continue
		}
		own, _, _ := strings.Cut(strings.TrimPrefix(pkg, screens), "/")
		for _, imp := range imports {
			if imp == "assess/gonogo/tui/app" || strings.HasPrefix(imp, screens) && !below(imp, screens+own) {
				t.Errorf("%s imports %s", pkg, imp)
			}
		}
	}
}

func packages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "assess/gonogo/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for l := range strings.Lines(string(out)) {
		f := strings.Fields(l)
		all[f[0]] = f[1:]
	}
	if len(all) < 20 {
		t.Fatalf("only %d packages found", len(all))
	}
	return all
}

func below(pkg, prefix string) bool {
	return pkg == prefix || strings.HasPrefix(pkg, strings.TrimSuffix(prefix, "/")+"/")
}

func allowed(imp string, may []string) bool {
	for _, m := range may {
		if below(imp, m) {
			return true
		}
	}
	return false
}
