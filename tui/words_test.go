package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sentence is text that a person reads: two words with a blank between them.
var sentence = regexp.MustCompile(`[A-Za-z]{2,}[,;:.]? [a-z]`)

// verb is what a format fills in.
var verb = regexp.MustCompile(`%[^ ,;:.]*`)

// What a package says stands in its words.go (and words_PART.go where that grew long), what
// actions say in their table, so that wording is read, mended and translated in one place a
// package. Errors stand where they arise.
func TestWordsStandInOnePlace(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || d.Name() == "drive"): // drive only serves tests
			return filepath.SkipDir
		case filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"), d.Name() == "words.go", strings.HasPrefix(d.Name(), "words_"), path == filepath.Join("action", "table.go"):
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				return n.Tag == nil
			case *ast.CallExpr:
				return !raises(n)
			case *ast.BasicLit:
				if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING && sentence.MatchString(s) {
					t.Errorf("%s: %q belongs into words.go beside it", fset.Position(n.Pos()), s)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What two packages say alike stands in one of them, or in package screen: worded twice, it
// would be mended in one place and not in the other.
func TestNoSentenceStandsTwice(t *testing.T) {
	where := map[string]string{} // a sentence, the folder it stands in
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || d.Name() != "words.go" && !strings.HasPrefix(d.Name(), "words_") {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			s, err := strconv.Unquote(lit.Value)
			s = strings.TrimRight(s, ".?")
			if err != nil || len(strings.Fields(verb.ReplaceAllString(s, ""))) < 3 || !sentence.MatchString(s) {
				return true
			}
			if at, is := where[s]; is && at != filepath.Dir(path) {
				t.Errorf("%s: %q stands in %s too", fset.Position(lit.Pos()), s, at)
			}
			where[s] = filepath.Dir(path)
			return true
		})
		return nil
	})
	if err != nil || len(where) < 300 {
		t.Fatal(len(where), err)
	}
}

// raises reports whether a call makes an error, a panic or a pattern.
func raises(c *ast.CallExpr) bool {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name == "panic"
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && (x.Name == "errors" || x.Name == "fmt" && f.Sel.Name == "Errorf" || x.Name == "regexp")
	}
	return false
}
