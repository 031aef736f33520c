package signing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"assess/gonogo/checks/clean"
)

// replay makes contents and facts again and compares all that a session determines. Texts
// that another build words otherwise differ like doctored ones and are as little good; what
// is told says which sections they are, and whether the facts are the same.
func (v *Verification) replay(c Container, m *Manifest, o Options) error {
	if o.Replay == nil {
		return nil
	}
	again, facts, err := o.Replay(c)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	facts.Signer, facts.SignedAt, facts.Tool = m.Signer, m.SignedAt, m.Tool
	fresh := again.container()
	var differ, where []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(append(fresh.covered(), c.covered()...)))) {
		signed, here := c[name]
		now, there := fresh[name]
		if !here || !there || !bytes.Equal(signed, now) {
			differ = append(differ, name)
			where = append(where, difference(name, signed, now))
		}
	}
	if len(differ) == 0 && !bytes.Equal(fresh.manifest(facts), c[partManifest]) {
		differ, where = append(differ, partManifest), append(where, partManifest+" differs")
	}
	if len(differ) == 0 {
		v.Replay = "same"
		return nil
	}
	if slices.Contains(differ, partMarkdown) || slices.Contains(differ, partJSON) {
		where = append(where, sameFacts(c[partJSON], fresh[partJSON]))
	}
	if o.Tool != "" && o.Tool != m.Tool {
		where = append(where, fmt.Sprintf("%s made it, this is %s: another build may word its texts otherwise, the one that made it tells for certain", m.Tool, o.Tool))
	}
	v.Replay = string(clean.Line(strings.Join(where, "; ")))
	return fmt.Errorf("replay: the journal gives another %s than the one signed: %s", strings.Join(differ, " and "), v.Replay)
}

// difference tells where a part that was signed differs from what the journal gives.
func difference(name string, signed, now []byte) string {
	var sections []string
	switch {
	case signed == nil:
		return name + " is not in the file"
	case now == nil:
		return name + " is not the journal's"
	case name == partMarkdown:
		sections = changed(headings(signed), headings(now))
	case name == partJSON:
		sections = changed(members(signed), members(now))
	}
	if len(sections) == 0 {
		return fmt.Sprintf("%s differs from line %d on", name, firstDifference(now, signed))
	}
	const most = 6
	rest := ""
	if n := len(sections) - most; n > 0 {
		sections, rest = sections[:most], fmt.Sprintf(" and %d more", n)
	}
	return name + " differs in " + strings.Join(sections, ", ") + rest
}

// changed are the sections that one has and the other has not, or has otherwise, sorted.
func changed(a, b map[string]string) []string {
	var out []string
	for name, text := range a {
		if other, ok := b[name]; !ok || other != text {
			out = append(out, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// headings are the sections of a Markdown report by their second-level headings, quoted.
func headings(md []byte) map[string]string {
	texts, at := map[string]*strings.Builder{}, "its head"
	for l := range strings.Lines(string(md)) {
		if title, ok := strings.CutPrefix(l, "## "); ok {
			at = fmt.Sprintf("“%.60s”", strings.TrimSpace(title))
		}
		if texts[at] == nil {
			texts[at] = &strings.Builder{}
		}
		texts[at].WriteString(l)
	}
	out := map[string]string{}
	for name, text := range texts {
		out[name] = text.String()
	}
	return out
}

// members are the parts of a report's JSON by their names, those of the narrative one by one.
func members(data []byte) map[string]string {
	var top, texts map[string]json.RawMessage
	if json.Unmarshal(data, &top) != nil {
		return nil
	}
	out := map[string]string{}
	if json.Unmarshal(top["report"], &texts) == nil {
		delete(top, "report")
	}
	for prefix, part := range map[string]map[string]json.RawMessage{"": top, "report.": texts} {
		for name, value := range maps.All(part) {
			out[prefix+name] = string(value)
		}
	}
	return out
}

// reportFacts are what a report says beside its texts.
type reportFacts struct {
	Decision struct{ Computed, Declared, Stands string }
	Score    struct{ Overall, Low, High, Coverage, Adjusted float64 }
	Items    []struct{ ID, Severity, Verdict string }
	Findings []struct {
		ID, Severity string
		Closed       bool
	}
	Waivers []struct{ Item, Expires string }
}

// sameFacts tells which of the facts of two reports differ, as their JSON documents have
// them: what else the Markdown says is for its reader to compare.
func sameFacts(signed, now []byte) string {
	var a, b reportFacts
	if !unambiguous(signed) || json.Unmarshal(signed, &a) != nil || json.Unmarshal(now, &b) != nil {
		return "the facts can't be compared"
	}
	var differ []string
	for _, f := range []struct {
		name string
		same bool
	}{
		{"the decision", a.Decision == b.Decision}, {"the score", a.Score == b.Score}, {"the verdicts", reflect.DeepEqual(a.Items, b.Items)},
		{"the findings", reflect.DeepEqual(a.Findings, b.Findings)}, {"the waivers", reflect.DeepEqual(a.Waivers, b.Waivers)},
	} {
		if !f.same {
			differ = append(differ, f.name)
		}
	}
	if len(differ) > 0 {
		return "of the facts differ " + strings.Join(differ, ", ")
	}
	return "in the JSON document decision, score, verdicts, findings and waivers are the same"
}

// unambiguous reports whether every reader of a JSON document finds the same in it: none of
// its objects has a key twice, in whatever capitals (RFC 8259 section 4).
func unambiguous(data []byte) bool {
	type object struct {
		keys map[string]bool // nil: an array
		key  bool            // a key comes next
	}
	var in []*object
	d := json.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			in = in[:len(in)-1]
			continue
		}
		if n := len(in); n > 0 && in[n-1].keys != nil {
			o := in[n-1]
			if name, isText := token.(string); o.key && isText {
				if name = strings.ToLower(strings.ToUpper(name)); o.keys[name] { // as the folding of encoding/json
					return false
				}
				o.keys[name], o.key = true, false
				continue
			}
			o.key = true // after this value
		}
		switch token {
		case json.Delim('{'):
			in = append(in, &object{keys: map[string]bool{}, key: true})
		case json.Delim('['):
			in = append(in, &object{})
		}
	}
}
