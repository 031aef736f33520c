package sessions

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Carry makes what a re-test takes over from the session before: the reviewer's answers
// that still counted, the waivers that still hold, what people attached and whom they
// assigned, of items whose definition is the same. The bytes of the evidence are not in the
// new session yet. Record them in the new session before its run. An answer to what the machine said
// counts again once, and only while, the machine says the same.
func Carry(old, new *State) []Payload {
	var out []Payload
	before := &view{st: old}
	for i := range new.planned {
		id := i.Planned.Item.ID
		was := before.at(id)
		if was == nil || definition(old.Profile, was) != definition(new.Profile, i) {
			continue
		}
		if r := was.Reviewer; was.ReviewerCounts() || was.Unconfirmed() && !r.Lapsed {
			on := was.MachineVerdict()
			if was.Unconfirmed() {
				on = r.On
			}
			out = append(out, Judged{
				Items: []string{id}, Verdict: r.Verdict, Reason: r.Reason, Strength: r.Strength, By: r.By,
				Expires: r.Expires, Carried: true, On: on,
			})
		}
		if before.waived(id) {
			out = append(out, Waived{Waiver: old.Waivers[id]})
		}
		for _, e := range was.Attached {
			e.What = clean.Text(strings.TrimSuffix(string(e.What), carriedOver))
			out = append(out, EvidenceAttached{Items: []string{id}, Evidence: e, Carried: true})
		}
		if was.Assigned != "" {
			out = append(out, Assigned{Items: []string{id}, To: was.Assigned, Carried: true})
		}
	}
	return out
}

// answer is one table of an answers file.
type answer struct {
	Verdict string `toml:"verdict"`
	Reason  string `toml:"reason"`
	By      string `toml:"by"`
	Expires any    `toml:"expires"` // a TOML date, or the same as a string
}

// ParseAnswers reads an answers file: a table an item, with verdict, reason, by and
// expires. The answers are the reviewer's, stated by a person. name is what errors call
// the file; unknown items and keys are errors.
func ParseAnswers(name string, src []byte, p *checks.Profile) ([]Payload, error) {
	var answers map[string]answer
	meta, err := checks.ReadTOML(src, &answers)
	var syntax toml.ParseError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%s:%d: %s", name, syntax.Position.Line, syntax.Message)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return nil, fmt.Errorf("%s:%d: unknown key %s: an answer has verdict, reason, by and expires", name, lineOfTable(src, extra[0][0]), extra[0])
	}
	var out []Payload
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		j, err := answers[id].judged(id, p)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: [%s] %w", name, lineOfTable(src, id), id, err)
		}
		out = append(out, j)
	}
	return out, nil
}

func (a answer) judged(id string, p *checks.Profile) (Judged, error) {
	j := Judged{
		Items: []string{id}, Verdict: checks.Verdict(a.Verdict), Reason: clean.Block(a.Reason),
		Strength: checks.Stated, By: clean.Line(a.By),
	}
	if len(checks.MatchItems(p, []string{id})) != 1 || strings.HasSuffix(id, "*") {
		var ids []string
		for _, c := range p.Categories {
			for _, it := range c.Items {
				ids = append(ids, it.ID)
			}
		}
		if near := checks.Nearest(id, ids); near != "" {
			return j, fmt.Errorf("profile %s has no such item: did you mean %q?", p.ID, near)
		}
		return j, fmt.Errorf("profile %s has no such item", p.ID)
	}
	if !j.Verdict.Known() || j.Verdict == checks.Pending {
		return j, fmt.Errorf("verdict %.40q: say pass, warn, fail, inconclusive or na", a.Verdict)
	}
	if j.Verdict != checks.Pass && strings.TrimSpace(a.Reason) == "" {
		return j, fmt.Errorf("%s needs a reason", j.Verdict)
	}
	switch date := a.Expires.(type) {
	case nil:
	case string:
		j.Expires = date
	case interface{ Format(layout string) string }:
		j.Expires = date.Format("2006-01-02")
	default:
		return j, errors.New("expires is not a date such as 2027-01-31")
	}
	if j.Expires != "" && !validDate(j.Expires) {
		return j, fmt.Errorf("expires %.40q is not a date such as 2027-01-31", j.Expires)
	}
	return j, nil
}

// lineOfTable is the line of a table's header in a TOML file, 1 where it can't be found.
func lineOfTable(src []byte, table string) int {
	for n, line := range strings.Split(string(src), "\n") {
		head := strings.TrimSpace(line)
		if strings.HasPrefix(head, "["+table+"]") || strings.HasPrefix(head, `["`+table+`"]`) || strings.HasPrefix(head, table+".") {
			return n + 1
		}
	}
	return 1
}
