package app_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/tui/app"
)

// looks are what every view is painted in: with colours, and with nothing but ASCII.
var looks = []struct {
	name, theme string
	ascii       bool
}{{"dark", "dark", false}, {"mono", "mono", true}}

// sizes are a wide window, the usual one and a small one.
var sizes = [][2]int{{120, 40}, {80, 24}, {60, 16}}

func TestGoldens(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for name, v := range views {
		for _, size := range sizes {
			for _, look := range looks {
				id := fmt.Sprintf("%s/%dx%d_%s", name, size[0], size[1], look.name)
				written[filepath.Join("testdata", "TestGoldens", id+".golden")] = true
				t.Run(id, func(t *testing.T) {
					t.Chdir(t.TempDir()) // a screen that lists files lists none
					frame := ""
					cryptotest.SetGlobalRandom(t, 1)
					synctest.Test(t, func(t *testing.T) { // where the clock stands
						frame = steady(v.at(t, size[0], size[1], look.theme, look.ascii).Frame())
					})
					t.Chdir(here)
					golden.RequireEqual(t, frame)
				})
			}
		}
	}
	err = filepath.WalkDir(filepath.Join("testdata", "TestGoldens"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !written[path] {
			t.Errorf("%s is of no view; delete it", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// moving is what no two machines share: the host, and the journal's hash, as checks end in
// no order. What stands for it is as wide.
var moving = []*regexp.Regexp{
	regexp.MustCompile(`from host [^ ]+`),
	regexp.MustCompile(`\b[0-9a-f]{7,64}\b`),
}

// steady puts as many @ in their place.
func steady(frame string) string {
	for _, re := range moving {
		frame = re.ReplaceAllStringFunc(frame, func(s string) string { return strings.Repeat("@", len(s)) })
	}
	return frame
}

// Every screen of the table and every type of dialog has a view, and so goldens.
func TestEveryScreenAndDialogHasAView(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range views {
		seen[v.shows] = true
	}
	for _, name := range app.Screens() {
		if !seen[string(name)] {
			t.Errorf("the screen %s has no view in views_test.go", name)
		}
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if name := dialogOf(decl); name != "" {
				found++
				if shows := "*" + file.Name.Name + "." + name; !seen[shows] {
					t.Errorf("%s: the dialog %s has no view in views_test.go", path, shows)
				}
			}
		}
		return nil
	})
	if err != nil || found < 8 {
		t.Errorf("%d dialogs were found: %v", found, err)
	}
}

// dialogOf is the type whose View(w, h int) []string this is, or empty.
func dialogOf(decl ast.Decl) string {
	f, ok := decl.(*ast.FuncDecl)
	if !ok || f.Recv == nil || f.Name.Name != "View" || f.Type.Params.NumFields() != 2 || f.Type.Results.NumFields() != 1 {
		return ""
	}
	if kind, ok := f.Type.Params.List[0].Type.(*ast.Ident); !ok || kind.Name != "int" {
		return ""
	}
	if _, ok := f.Type.Results.List[0].Type.(*ast.ArrayType); !ok {
		return ""
	}
	if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
		return star.X.(*ast.Ident).Name
	}
	return ""
}

// Every view holds at every size: exactly as many lines and cells as there are, and nothing
// a terminal would obey. With GONOGO_SWEEP=all it is each of 200 widths with each of 60
// heights; else every width and every height once, and the sizes where layouts change.
func TestEveryViewAtEverySize(t *testing.T) {
	for name, v := range views {
		for _, ascii := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/ascii_%v", name, ascii), func(t *testing.T) {
				t.Chdir(t.TempDir())
				w := v.at(t, 80, 24, "dark", ascii)
				if os.Getenv("GONOGO_SWEEP") == "all" {
					w.Sweep(200, 60)
					return
				}
				check := func(x, y int) { w.Resize(x, y); w.Frame() }
				for x := 1; x <= 200; x++ {
					check(x, x*7%60+1)
				}
				for y := 1; y <= 60; y++ {
					check(y*37%200+1, y)
				}
				for _, edge := range []int{1, 40, 60, 80, 100, 120, 160} { // where layouts change
					for x := max(edge-1, 1); x <= edge+1; x++ {
						for _, y := range []int{1, 2, 11, 12, 13, 16, 24} {
							check(x, y)
						}
					}
				}
			})
		}
	}
}
