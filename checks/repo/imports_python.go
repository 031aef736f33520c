package repo

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/source"
)

// imported is one module that a file imports.
type imported struct {
	Module   string // dotted in Python, the package's name in JavaScript
	Line     int
	Optional bool // the file goes on without it, or only some platforms or versions need it
	Typing   bool // for type checkers only
}

// logicalLine is a line of Python as the language counts it: strings emptied, comments gone,
// lines within brackets joined.
type logicalLine struct {
	Line, Indent int
	Text         string
}

// pythonLines splits a file into logical lines.
func pythonLines(src string) (lines []logicalLine) {
	var text strings.Builder
	line, depth := 1, 0
	current := logicalLine{Line: 1}
	fresh := true // nothing of the logical line has been seen yet
	flush := func() {
		if current.Text = strings.TrimSpace(text.String()); current.Text != "" {
			lines = append(lines, current)
		}
		text.Reset()
	}
	for i := 0; i < len(src); i++ {
		c := src[i]
		if fresh && c != ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' {
			current, fresh = logicalLine{Line: line, Indent: indentOf(src, i)}, false
		}
		switch {
		case c == '#':
			for i+1 < len(src) && src[i+1] != '\n' {
				i++
			}
		case c == '"' || c == '\'':
			end := stringEnd(src, i)
			line += strings.Count(src[i:end], "\n")
			text.WriteString(`""`)
			i = end - 1
		case c == '\\' && i+1 < len(src) && (src[i+1] == '\n' || src[i+1] == '\r'):
			for i+1 < len(src) && src[i+1] != '\n' {
				i++
			}
			i++
			line++
			text.WriteByte(' ')
		case c == '\n' && depth == 0:
			flush()
			line, fresh = line+1, true
		case c == '\n':
			line++
			text.WriteByte(' ')
		case c == ';' && depth == 0:
			indent := current.Indent
			flush()
			current = logicalLine{Line: line, Indent: indent}
		default:
			depth = nested(depth, c)
			text.WriteByte(c)
		}
	}
	flush()
	return lines
}

func nested(depth int, c byte) int {
	switch c {
	case '(', '[', '{':
		return depth + 1
	case ')', ']', '}':
		return max(0, depth-1)
	}
	return depth
}

// indentOf measures the white space before a position, a tab reaching to the next eighth column.
func indentOf(src string, at int) (columns int) {
	start := strings.LastIndexByte(src[:at], '\n') + 1
	for _, c := range src[start:at] {
		if c == '\t' {
			columns = columns/8*8 + 8
		} else {
			columns++
		}
	}
	return columns
}

// stringEnd finds the end of a string literal that begins at a quote. A single-quoted one
// that is not closed ends with its line.
func stringEnd(src string, at int) int {
	quote := src[at : at+1]
	triple := strings.HasPrefix(src[at:], quote+quote+quote)
	if triple {
		quote = src[at : at+3]
	}
	for i := at + len(quote); i < len(src); i++ {
		switch {
		case src[i] == '\\':
			i++
		case strings.HasPrefix(src[i:], quote):
			return i + len(quote)
		case !triple && src[i] == '\n':
			return i
		}
	}
	return len(src)
}

// block is a compound statement around a line.
type block struct {
	indent int
	id     int // of the try statement that it belongs to; 0 for others
	loose  bool
	typing bool
}

var (
	blockHead   = regexp.MustCompile(`^(try|except\b.*?|else|finally|if\b.*|elif\b.*|with\b.*)$`)
	catches     = regexp.MustCompile(`^except\s*\*?\s*$|ImportError|ModuleNotFoundError|\bException\b|\bBaseException\b`)
	conditional = regexp.MustCompile(`\bsys\s*\.\s*(version_info|platform|version)|\bos\s*\.\s*name\b|\bplatform\s*\.|\bPY[23]\b|suppress\s*\(`)
	importLine  = regexp.MustCompile(`^import\s+(.+)$`)
	fromLine    = regexp.MustCompile(`^from\s+([A-Za-z_][\w.]*)\s+import\s*\(?\s*(.*?)\)?$`)
	moduleName  = regexp.MustCompile(`^[A-Za-z_]\w*(\s*\.\s*[A-Za-z_]\w*)*$`)
)

// pythonImports lists the modules that a file imports from elsewhere; relative imports are
// not among them. Imports by name at run time can't be seen.
func pythonImports(src string) (found []imported) {
	var around []block
	tries := map[int]int{}    // the last try statement by its indent
	caught := map[int]bool{}  // those that go on without what they import
	within := map[int][]int{} // the try statements around an import, by its index
	next := 0
	record := func(text string, line int) {
		loose, typing := false, false
		var ids []int
		for _, b := range around {
			loose, typing = loose || b.loose, typing || b.typing
			if b.id != 0 {
				ids = append(ids, b.id)
			}
		}
		for _, module := range importedModules(text) {
			within[len(found)] = ids
			found = append(found, imported{Module: module, Line: line, Optional: loose, Typing: typing})
		}
	}
	for _, l := range pythonLines(src) {
		for len(around) > 0 && around[len(around)-1].indent >= l.Indent {
			around = around[:len(around)-1]
		}
		head, rest := splitHead(l.Text)
		if head == "" {
			record(l.Text, l.Line)
			continue
		}
		b := block{indent: l.Indent}
		switch word, _, _ := strings.Cut(head, " "); word {
		case "try":
			next++
			tries[l.Indent] = next
			b.id = next
		case "except":
			b.id = tries[l.Indent]
			caught[b.id] = caught[b.id] || catches.MatchString(head)
		case "if", "elif", "with":
			b.loose = conditional.MatchString(head)
			b.typing = strings.Contains(head, "TYPE_CHECKING") && !strings.Contains(head, "not ")
			tries[l.Indent] = 0
			if b.loose && word == "if" {
				tries[l.Indent] = -1 // its else is as conditional
			}
		case "else":
			b.loose = tries[l.Indent] == -1
		}
		around = append(around, b)
		if rest != "" {
			record(rest, l.Line)
		}
	}
	for i := range found {
		found[i].Optional = found[i].Optional || slices.ContainsFunc(within[i], func(id int) bool { return caught[id] })
	}
	return found
}

// splitHead takes the head of a compound statement, without its colon, from what follows on
// the same line. The head is empty for other statements.
func splitHead(text string) (head, rest string) {
	depth := 0
	for i := range len(text) {
		depth = nested(depth, text[i])
		if text[i] == ':' && depth == 0 {
			if head := strings.TrimSpace(text[:i]); blockHead.MatchString(head) {
				return head, strings.TrimSpace(text[i+1:])
			}
			return "", ""
		}
	}
	return "", ""
}

// importedModules reads an import statement.
func importedModules(text string) (names []string) {
	add := func(name string) {
		name, _, _ = strings.Cut(strings.TrimSpace(name), " as ")
		if name = strings.TrimSpace(name); moduleName.MatchString(name) {
			names = append(names, strings.ReplaceAll(name, " ", ""))
		}
	}
	if m := importLine.FindStringSubmatch(text); m != nil {
		for name := range strings.SplitSeq(m[1], ",") {
			add(name)
		}
		return names
	}
	m := fromLine.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	if top, _, _ := strings.Cut(m[1], "."); knownModules().namespaces[top] {
		for name := range strings.SplitSeq(m[2], ",") {
			name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
			add(m[1] + "." + name)
		}
		return names
	}
	add(m[1])
	return names
}

// pythonTree answers which modules are the repository's own.
type pythonTree struct {
	tree    *source.Tree
	files   map[string]bool
	folders map[string]bool // with Python files somewhere below
	names   map[string]bool // of any module or package, wherever it lies
}

func newPythonTree(tree *source.Tree) *pythonTree {
	t := &pythonTree{tree, map[string]bool{}, map[string]bool{}, map[string]bool{}}
	for _, f := range tree.Find("*.py", "*.pyi", "*.pyx", "*.proto") {
		t.files[f.Path] = true
		base := path.Base(f.Path)
		t.names[strings.TrimSuffix(base, path.Ext(base))] = true
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			t.folders[dir] = true
			t.names[path.Base(dir)] = true
		}
	}
	return t
}

// roots are the folders below one from which modules are usually found.
var roots = []string{"", "src", "lib", "python", "app", "backend", "server"}

// own tells whether a module that a file imports is the repository's. A module beside the
// file counts only where the folder is no package, as packages are not searched. known says
// that the name is a well-known package's: then it must be found where the interpreter would.
func (t *pythonTree) own(file, module string, known bool) bool {
	top, _, _ := strings.Cut(module, ".")
	if strings.HasSuffix(top, "_pb2") || strings.HasSuffix(top, "_pb2_grpc") || top == "_version" {
		return true // generated
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if dir == "." || !t.files[path.Join(dir, "__init__.py")] {
			for _, root := range roots {
				if root != "" && t.files[path.Join(dir, root, "__init__.py")] {
					continue
				}
				at := path.Join(dir, root, top)
				if t.folders[at] || t.files[at+".py"] || t.files[at+".pyx"] || t.files[at+".pyi"] || t.untracked(at) {
					return true
				}
			}
		}
		if dir == "." {
			break
		}
	}
	return !known && t.names[top]
}

// untracked finds a module that lies there though it is not listed, such as a vendored one.
func (t *pythonTree) untracked(at string) bool {
	if _, ok := t.tree.Stat(at + "/__init__.py"); ok {
		return true
	}
	_, ok := t.tree.Stat(at + ".py")
	return ok
}
