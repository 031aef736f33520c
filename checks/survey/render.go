package survey

import (
	"bytes"
	_ "embed"
	"fmt"
	"path"
	"strings"
	"text/template"
	"unicode/utf8"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
)

//go:embed target.toml.tmpl
var targetTemplate string

// RenderOptions are what a target file needs to know of its own place.
type RenderOptions struct {
	File       string // its name, for the commands in its head; empty: target.toml
	Repository string // the repository's folder as the file names it, with slashes; empty: none
	Roles      []Role // of the profile that it is meant for
}

// Render writes facts down as a commented target file. The same facts and options give the
// same bytes, whatever they are they load, and so they do when every "# " in front of a
// key is taken away.
func Render(f Facts, o RenderOptions) ([]byte, error) {
	r := &renderer{Facts: f.writable(), RenderOptions: o}
	t, err := template.New("target.toml").Funcs(template.FuncMap{
		"one": single, "list": several, "say": say, "beside": r.beside, "fact": fact, "tidy": func(s string) string { return tidy(s, maxPath) },
	}).Parse(targetTemplate)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return nil, err
	}
	if _, err := checks.ParseTarget("target.toml", b.Bytes(), "."); err != nil {
		return nil, fmt.Errorf("the survey made a target file that does not load, which is a mistake of gonogo's: %w", err)
	}
	return b.Bytes(), nil
}

// renderer holds the facts for the template.
type renderer struct {
	Facts
	RenderOptions
}

// SystemName is never empty, and written down even where it is a guess: no target is
// without a name.
func (r *renderer) SystemName() Found {
	name := r.Facts.Name
	switch {
	case name.Value == "":
		return Found{Value: "unnamed", From: "nothing; say: the system's name", Sure: true}
	case !name.Sure:
		return Found{Value: name.Value, From: name.From + "; say: another if it is called otherwise", Sure: true}
	}
	return name
}

// FileName is what the commands in the head call the file.
func (r *renderer) FileName() string {
	if shown(r.File) {
		return r.File
	}
	return "target.toml"
}

// Sources says what was looked at.
func (r *renderer) Sources() string {
	var from []string
	if r.Facts.Repository {
		from = append(from, "the repository")
	}
	if r.Site != "" {
		from = append(from, fmt.Sprintf("%s (%d requests)", tidy(r.Site, maxPath), r.Asked))
	}
	if from == nil {
		return "nothing"
	}
	return strings.Join(from, " and ")
}

// Away reports whether the base URL is another machine's.
func (r *renderer) Away() bool {
	at, err := ParseAddress(r.BaseURL.Value)
	return r.BaseURL.Sure && err == nil && !guard.IsLoopback(at.Host)
}

// BaseWords says what the base URL is, and that one that nobody asked is only likely.
func (r *renderer) BaseWords() string {
	if r.Site == "" && r.BaseURL.Sure {
		return "say: another place if it does not answer here"
	}
	return "where it answers"
}

// Folder is the repository's as a fact.
func (r *renderer) Folder() Found {
	if !shown(r.RenderOptions.Repository) {
		return Found{}
	}
	return Found{Value: r.RenderOptions.Repository, Sure: true}
}

// beside makes paths of the repository paths from the target file.
func (r *renderer) beside(found []Found) []Found {
	var out []Found
	for _, f := range found {
		if at := path.Join(r.RenderOptions.Repository, f.Value); ownPath(at) {
			out = append(out, Found{at, f.From, f.Sure})
		}
	}
	return out
}

// RoleFacts is a role with what was found for it.
type RoleFacts struct {
	Key, What, Example string
	Found              []Found
}

// AskedRoles are the roles of the profile.
func (r *renderer) AskedRoles() []RoleFacts {
	var out []RoleFacts
	for _, role := range r.RenderOptions.Roles {
		example := roleWords[role.Name].Example
		if example == "" {
			example = `""`
		}
		found := r.Facts.Roles[role.Name]
		if role.Name == "components" && len(found) == 0 {
			for _, s := range r.Services {
				if s.Kind == "postgres" || s.Kind == "redis" || s.Kind == "tcp" {
					found = append(found, Found{s.Name, s.From, false})
				}
			}
		}
		out = append(out, RoleFacts{key(role.Name), role.What + " (" + role.asked() + ")", example, found})
	}
	return out
}

// Line is the role's line, or several.
func (r RoleFacts) Line() string {
	one := !strings.HasPrefix(r.Example, "[")
	if one && len(r.Found) > 0 {
		return single(r.Key, r.Found[0], r.Example, r.What)
	}
	return several(r.Key, r.Found, r.Example, r.What)
}

// First is the best route of a key that takes one: the first sure one, else the first.
func (r *renderer) First(key string) Found {
	if s := sure(r.Paths[key]); len(s) > 0 {
		return s[0]
	}
	if len(r.Paths[key]) > 0 {
		return r.Paths[key][0]
	}
	return Found{}
}

// DeclaredServices are the tables of the services. What is not sure stays a comment, the
// table's head too.
func (r *renderer) DeclaredServices() []string {
	var out []string
	for _, s := range r.Services {
		mark := ""
		if !s.Sure {
			mark = "# "
		}
		what := "where it answers"
		if strings.Contains(s.URL, "${") {
			what = "set the variable before gonogo starts; say: another name if it has one"
		}
		out = append(out, strings.Join([]string{
			line(mark+"[services."+key(s.Name)+"]", s.From),
			mark + "kind = " + quote(s.Kind),
			single("url", Found{s.URL, "", s.Sure}, `""`, what),
			line("# required = true", "say: a refused connection is a failure"),
		}, "\n"))
	}
	return out
}

// fact makes a fact of a text.
func fact(value string, sure bool) Found { return Found{Value: value, Sure: sure} }

// column is where the comments behind keys begin.
const column = 44

// widest is the longest line of a list that stays one.
const widest = 90

// single writes a key with one value: as it is where it is sure, as a comment to confirm
// where it is a guess, as a comment with an example where nothing is known.
func single(key string, f Found, example, what string) string {
	switch {
	case f.Value == "":
		return line("# "+key+" = "+example, "say: "+what)
	case !f.Sure:
		return line("# "+key+" = "+quote(f.Value), "say: "+what+from(f))
	}
	if what == "" && f.From != "" {
		return line(key+" = "+quote(f.Value), "from "+f.From)
	}
	return line(key+" = "+quote(f.Value), what+from(f))
}

// several writes a key with several values, of which the sure ones count where there are any.
func several(key string, found []Found, example, what string) string {
	values, mark := sure(found), ""
	if len(values) == 0 {
		values, mark = found, "# "
	}
	if len(values) == 0 {
		return line("# "+key+" = "+example, "say: "+what)
	}
	if mark != "" {
		what = "say: " + what
	}
	places := ""
	if oneSource(values) {
		places = from(values[0])
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v.Value)
	}
	if whole := mark + key + " = [" + strings.Join(quoted, ", ") + "]"; utf8.RuneCountInString(whole) <= widest && (places != "" || len(values) == 1) {
		return line(whole, what+places)
	}
	var b strings.Builder
	b.WriteString(line(mark+key+" = [", what+places) + "\n")
	for len(quoted) > 0 {
		n, comment := 1, tidy(values[0].From, maxPath)
		if places != "" {
			n, comment = fitting(quoted), ""
		}
		b.WriteString(line(mark+"  "+strings.Join(quoted[:n], ", ")+",", comment) + "\n")
		quoted, values = quoted[n:], values[n:]
	}
	b.WriteString(mark + "]")
	return b.String()
}

// fitting is how many values fit on one line, at least one.
func fitting(quoted []string) int {
	width := 0
	for i, q := range quoted {
		if width += utf8.RuneCountInString(q) + 2; width > widest && i > 0 {
			return i
		}
	}
	return len(quoted)
}

func oneSource(values []Found) bool {
	for _, v := range values {
		if v.From != values[0].From {
			return false
		}
	}
	return true
}

// say writes a key that only a person can fill.
func say(key, example, what string) string {
	return line("# "+key+" = "+example, "say: "+what)
}

// line puts a comment behind a text.
func line(text, comment string) string {
	if comment = tidy(comment, 3*maxPath); comment == "" {
		return text
	}
	return text + strings.Repeat(" ", max(3, column-utf8.RuneCountInString(text))) + "# " + comment
}

func from(f Found) string {
	if f.From == "" {
		return ""
	}
	return " (" + tidy(f.From, maxPath) + ")"
}

// quote writes text as a TOML string. What a terminal can't show is made visible first.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(tidy(s, maxPath)) + `"`
}

// key writes a key, quoted where it must be.
func key(s string) string {
	for _, c := range s {
		if !(c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return quote(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}
