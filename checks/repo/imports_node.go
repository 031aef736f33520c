package repo

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// nodeToken is a token of JavaScript or TypeScript; of strings the value.
type nodeToken struct {
	Text   string
	String bool
	Line   int
}

// nodeTokens splits a file into words, strings and marks. Comments, regular expressions and
// templates are left out; a string that is not closed ends with its line.
func nodeTokens(src string) (tokens []nodeToken) {
	line := 1
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\n':
			line, i = line+1, i+1
		case c == ' ' || c == '\t' || c == '\r':
			i++
		case strings.HasPrefix(src[i:], "//"):
			i += lineLength(src[i:])
		case strings.HasPrefix(src[i:], "/*"):
			end := strings.Index(src[i+2:], "*/")
			if end < 0 {
				return tokens
			}
			line += strings.Count(src[i:i+2+end], "\n")
			i += end + 4
		case c == '"' || c == '\'':
			end := stringEnd(src, i)
			if strings.HasPrefix(src[i:], strings.Repeat(src[i:i+1], 2)) { // no triple quotes here
				end = i + 2
			}
			if src[end-1] == c && end-i > 1 {
				tokens = append(tokens, nodeToken{src[i+1 : end-1], true, line})
			}
			i = end
		case c == '`':
			end := templateEnd(src, i)
			line += strings.Count(src[i:end], "\n")
			tokens = append(tokens, nodeToken{"`", false, line})
			i = end
		case c == '/' && beginsRegexp(tokens):
			i += regexpLength(src[i:])
		case wordByte(c):
			start := i
			for i < len(src) && wordByte(src[i]) {
				i++
			}
			tokens = append(tokens, nodeToken{src[start:i], false, line})
		default:
			tokens = append(tokens, nodeToken{src[i : i+1], false, line})
			i++
		}
	}
	return tokens
}

func lineLength(s string) int {
	if n := strings.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// beginsRegexp tells whether a slash begins a regular expression: no value stands before it.
func beginsRegexp(tokens []nodeToken) bool {
	if len(tokens) == 0 {
		return true
	}
	last := tokens[len(tokens)-1]
	return !last.String && (strings.Contains("(,=:[!&|?{};+-*%<>~^", last.Text) || slices.Contains([]string{"return", "typeof", "case", "in", "of", "do", "else", "void", "delete"}, last.Text))
}

// regexpLength measures a regular expression, which ends on its line.
func regexpLength(s string) int {
	class := false
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\n':
			return 1
		case s[i] == '[':
			class = true
		case s[i] == ']':
			class = false
		case s[i] == '/' && !class:
			return i + 1
		}
	}
	return 1
}

// templateEnd finds the end of a template literal; what ${} holds is passed over, templates
// within it too.
func templateEnd(src string, at int) int {
	depth := 0
	for i := at + 1; i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case src[i] == '`' && depth == 0:
			return i + 1
		case strings.HasPrefix(src[i:], "${"):
			depth++
			i++
		case src[i] == '{' && depth > 0:
			depth++
		case src[i] == '}' && depth > 0:
			depth--
		}
	}
	return len(src)
}

// nodeImports lists the packages that a file imports or requires, without relative paths.
func nodeImports(src string) (found []imported) {
	tokens := nodeTokens(src)
	at := func(i int) string {
		if i < 0 || i >= len(tokens) || tokens[i].String {
			return ""
		}
		return tokens[i].Text
	}
	var tries []bool // for each open brace, whether it is a try's
	types := false   // the statement imports types only
	for i, t := range tokens {
		switch {
		case !t.String && t.Text == "{":
			tries = append(tries, at(i-1) == "try")
		case !t.String && t.Text == "}":
			tries = tries[:max(0, len(tries)-1)]
		case !t.String && (t.Text == "import" || t.Text == "export"):
			types = at(i+1) == "type" && at(i+2) != "from" && at(i+2) != ","
		}
		if !t.String {
			continue
		}
		called := at(i-1) == "(" && at(i-3) != "." && (at(i-2) == "require" || at(i-2) == "import") ||
			at(i-1) == "(" && at(i-2) == "resolve" && at(i-3) == "." && at(i-4) == "require"
		if !called && (at(i-1) != "from" && at(i-1) != "import" || at(i-2) == ".") {
			continue
		}
		if called && at(i+1) != ")" && at(i+1) != "," { // a name that is put together
			continue
		}
		if name := packageName(t.Text); name != "" {
			found = append(found, imported{Module: name, Line: t.Line, Optional: slices.Contains(tries, true), Typing: types && !called})
		}
	}
	return found
}

var npmName = regexp.MustCompile(`^(@[a-z0-9~-][a-z0-9._~-]*/)?[a-z0-9~-][A-Za-z0-9._~-]*$`)

// packageName is the package of a specifier; "" for relative paths, addresses, aliases by a
// mark (#, ~, $, @/) and names of bundlers (virtual:…).
func packageName(specifier string) string {
	if strings.Contains(specifier, ":") {
		return ""
	}
	specifier, _, _ = strings.Cut(specifier, "?")
	parts := strings.SplitN(specifier, "/", 3)
	name := parts[0]
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		name += "/" + parts[1]
	}
	if !npmName.MatchString(name) || strings.HasPrefix(name, "~") {
		return ""
	}
	return name
}

// nodeTree answers which names are no packages: aliases, and the repository's own packages.
type nodeTree struct {
	tree    *source.Tree
	own     map[string]bool     // names of the repository's packages
	aliases map[string][]string // by folder of the file that defines them
	folders map[string]bool
}

var (
	aliasLine   = regexp.MustCompile(`["'\x60]?(@?[A-Za-z0-9_~$][\w./-]*?)(?:/\*|\$)?["'\x60]?\s*:`)
	pathsBlock  = regexp.MustCompile(`(?s)"paths"\s*:\s*\{(.*?)\}`)
	aliasBlock  = regexp.MustCompile(`(?s)\balias(?:es)?\b["']?\s*[:=]\s*[{\[](.*?)[}\]]`)
	mapperBlock = regexp.MustCompile(`(?s)moduleNameMapper["']?\s*:\s*\{(.*?)\}`)
	findAlias   = regexp.MustCompile(`find\s*:\s*["']([^"']+)["']`)
	baseURL     = regexp.MustCompile(`"baseUrl"\s*:\s*"([^"]*)"`)
)

func newNodeTree(tree *source.Tree, declared []declaration) *nodeTree {
	t := &nodeTree{tree, map[string]bool{}, map[string][]string{}, map[string]bool{}}
	for _, d := range declared {
		t.own[d.Own] = true
	}
	for _, f := range tree.Files() {
		for dir := path.Dir(f.Path); dir != "." && !t.folders[dir]; dir = path.Dir(dir) {
			t.folders[dir] = true
		}
	}
	for _, f := range tree.Find("tsconfig*.json", "jsconfig*.json", "vite.config.*", "vitest.config.*", "webpack*.js", "webpack*.ts", "babel.config.*", ".babelrc*",
		"rollup.config.*", "jest.config.*", "package.json", "next.config.*", "nuxt.config.*", "vue.config.js", "craco.config.js", "metro.config.js", ".storybook/*") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			continue
		}
		dir := path.Dir(f.Path)
		for _, block := range []*regexp.Regexp{pathsBlock, aliasBlock, mapperBlock} {
			for _, m := range block.FindAllSubmatch(src, -1) {
				for _, a := range aliasLine.FindAllSubmatch(m[1], -1) {
					t.aliases[dir] = append(t.aliases[dir], strings.TrimSuffix(string(a[1]), "/"))
				}
				for _, a := range findAlias.FindAllSubmatch(m[1], -1) {
					t.aliases[dir] = append(t.aliases[dir], string(a[1]))
				}
			}
		}
		if m := baseURL.FindSubmatch(src); m != nil {
			t.baseFolders(dir, path.Join(dir, string(m[1])))
		}
	}
	return t
}

// baseFolders makes aliases of what lies in a base folder, from which names are resolved too.
func (t *nodeTree) baseFolders(dir, base string) {
	for _, f := range t.tree.Files() {
		rest, ok := strings.CutPrefix(f.Path, base+"/")
		if base == "." {
			rest, ok = f.Path, true
		}
		if !ok {
			continue
		}
		first, _, _ := strings.Cut(rest, "/")
		first = strings.TrimSuffix(first, path.Ext(first))
		if !slices.Contains(t.aliases[dir], first) {
			t.aliases[dir] = append(t.aliases[dir], first)
		}
	}
}

// alias tells whether a name is an alias for the repository's own files, as a configuration
// at the file's folder or above says.
func (t *nodeTree) alias(file, name string) bool {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		for _, a := range t.aliases[dir] {
			if name == a || strings.HasPrefix(name, a+"/") {
				return true
			}
		}
		if dir == "." {
			return false
		}
	}
}
