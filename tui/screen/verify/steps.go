package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/themes"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
)

// step is one thing that is checked, in the order in which it is.
type step int

const (
	archiveStep step = iota
	signatureStep
	keyStep
	contentsStep
	journalStep
	evidenceStep
	countersignStep
	replayStep
	noStep
)

// state is how far a step is.
type state int

const (
	waits state = iota
	works
	holds
	fails
	notes // worth knowing, and neither good nor bad
)

// row is one line of what was found, with more lines under it.
type row struct {
	step  step
	state state
	what  string
	text  []string
}

// sign is the row's sign with its token.
func (r row) sign() (string, themes.Token) {
	switch r.state {
	case works:
		return themes.SignRunning, themes.Running
	case holds:
		return themes.SignPass, themes.Pass
	case fails:
		return themes.SignFail, themes.Fail
	case notes:
		return themes.SignWarn, themes.Warn
	}
	return themes.SignPending, themes.Muted
}

// word is the sign in a word, for people who hear it.
func (r row) word() string {
	return map[state]string{works: "running", holds: "good", fails: "wrong", notes: "note"}[r.state]
}

// words are the row without colours.
func (r row) words() []string {
	sign, _ := r.sign()
	out := []string{sign + " " + r.what + ": " + strings.Join(r.text[:min(1, len(r.text))], "")}
	for _, t := range r.text[min(1, len(r.text)):] {
		out = append(out, "    "+t)
	}
	return out
}

// rows tell what was found, step by step; what fails comes first. A step is good only where
// what Verify found proves it.
func rows(f found, st stage) []row {
	if f.archive != nil {
		return []row{{archiveStep, fails, "archive", []string{f.archive.Error()}}}
	}
	if f.v == nil {
		return unchecked(f, st)
	}
	out := []row{archive(f), signature(f), key(f), contents(f), journal(f), evidence(f)}
	out = append(out, countersigns(f)...)
	out = append(out, replay(f, st))
	if f.v.Signer == "" { // nothing behind the signature can be believed
		for i := range out[2:] {
			out[2+i] = row{out[2+i].step, waits, out[2+i].what, []string{"not looked at"}}
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return first(b.state == fails) - first(a.state == fails) })
	return append(out, remarks(f)...)
}

func first(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// unchecked are the steps while nothing is known of them.
func unchecked(f found, st stage) []row {
	out := []row{{archiveStep, waits, "archive", nil}, {signatureStep, waits, "signature", nil}, {keyStep, waits, "key", nil},
		{contentsStep, waits, "contents", nil}, {journalStep, waits, "journal", nil}, {evidenceStep, waits, "evidence", nil},
		{countersignStep, waits, "lead", nil}, {replayStep, waits, "replay", nil}}
	switch st {
	case reading:
		out[archiveStep].state = works
	case checking:
		out[archiveStep] = archive(f)
		out[signatureStep].state = works
	}
	return out
}

func archive(f found) row {
	return row{archiveStep, holds, "archive", []string{screen.Count(f.parts, "part", "parts") + ", nothing outside them"}}
}

func signature(f found) row {
	v := f.v
	if v.Signer == "" {
		return row{signatureStep, fails, "signature", problems(v.Problems)}
	}
	text := []string{string(v.Signer) + ", " + when(v.SignedAt, f.now) + "; covers " + screen.Count(len(v.Covers), "part", "parts") + " by digest"}
	return row{signatureStep, holds, "signature", text}
}

func problems(list []clean.Text) []string {
	var out []string
	for _, p := range list {
		out = append(out, string(p))
	}
	return out
}

// trusted reports whether somebody vouches for the key. Its state is told otherwise as a
// problem.
func trusted(v *signing.Verification) bool {
	return v.KeyState != "" && (v.Good || !slices.ContainsFunc(v.Problems, func(p clean.Text) bool { return p == v.KeyState }))
}

func key(f found) row {
	text := unlock.Short(f.v.Fingerprint) + line(f.v.SignersLine)
	if !trusted(f.v) {
		why := string(f.v.KeyState)
		if why == "" {
			return row{keyStep, fails, "key", append(problems(unexplained(f.v)), text)}
		}
		return row{keyStep, fails, "key", []string{why, text}}
	}
	return row{keyStep, holds, "key", []string{text}}
}

// contents names every part that is not what was signed.
func contents(f found) row {
	var wrong []string
	for _, p := range f.v.Parts {
		if p.State != "ok" {
			wrong = append(wrong, p.String())
		}
	}
	switch n := len(f.v.Parts); {
	case len(wrong) > 0:
		return row{contentsStep, fails, "contents", wrong}
	case f.v.Content == "whole":
		return row{contentsStep, holds, "contents", []string{fmt.Sprintf("%d of %d parts match, none added", n, n)}}
	case n > 0 && !trusted(f.v):
		return row{contentsStep, waits, "contents", []string{fmt.Sprintf("%d of %d parts match, not read: nobody vouches for the key", n, n)}}
	}
	return row{contentsStep, fails, "contents", []string{string(f.v.Content)}}
}

// journal also holds what is wrong and belongs to no other step.
func journal(f found) row {
	if !trusted(f.v) || f.v.Content != "whole" {
		return row{journalStep, waits, "journal", []string{"not looked at"}}
	}
	if rest := unexplained(f.v); len(rest) > 0 {
		return row{journalStep, fails, "journal", problems(rest)}
	}
	return row{journalStep, holds, "journal", []string{fmt.Sprintf("%s to %.12s, the chain whole", screen.Count(int(f.v.Events), "event", "events"), f.v.Head)}}
}

func evidence(f found) row {
	if journal(f).state != holds {
		return row{evidenceStep, waits, "evidence", []string{"not looked at"}}
	}
	n := 0
	for _, p := range f.v.Parts {
		if strings.HasPrefix(p.Name, "evidence/") {
			n++
		}
	}
	text := screen.Count(n, "piece has the digest it is named by", "pieces have the digests they are named by")
	if k := len(f.v.Withheld); k > 0 {
		text += fmt.Sprintf("; %d withheld, digests kept", k)
	}
	return row{evidenceStep, holds, "evidence", []string{text}}
}

// unexplained are the problems that no step tells of by itself.
func unexplained(v *signing.Verification) []clean.Text {
	return slices.DeleteFunc(slices.Clone(v.Problems), func(p clean.Text) bool {
		says := func(text string) bool { return text != "" && strings.Contains(string(p), text) }
		switch {
		case p == v.KeyState, v.Content != "whole" && says(string(v.Content)), ofLeads(v, p):
			return true
		}
		return v.Replay != "" && v.Replay != "same" && says("replay: ")
	})
}

// ofLeads reports whether a problem is one of the countersignatures'.
func ofLeads(v *signing.Verification, p clean.Text) bool {
	why := strings.TrimPrefix(string(p), "signed by "+string(v.Signer)+", but ")
	for _, c := range v.Countersignatures {
		if !c.Good && c.Sentence != "" && strings.HasSuffix(why, string(c.Sentence)) {
			return true
		}
	}
	return strings.HasPrefix(why, "countersign")
}

// countersigns are the leads' statements, each with who, when and what it says.
func countersigns(f found) []row {
	var out []row
	told := false
	for _, c := range f.v.Countersignatures {
		r := row{countersignStep, holds, "lead", []string{statementWords(c, f.now)}}
		if c.Comment != "" {
			r.text = append(r.text, "“"+string(c.Comment)+"”")
		}
		if c.Fingerprint != "" {
			r.text = append(r.text, "key "+unlock.Short(c.Fingerprint)+line(c.SignersLine))
		}
		if !c.Good {
			r.state, told = fails, true
			r.text = append([]string{string(c.Sentence)}, r.text...)
		}
		out = append(out, r)
	}
	if !told {
		for _, p := range f.v.Problems {
			if ofLeads(f.v, p) {
				out = append(out, row{countersignStep, fails, "lead", []string{string(p)}})
			}
		}
	}
	if len(out) == 0 {
		out = append(out, row{countersignStep, waits, "lead", []string{"not countersigned"}})
	}
	return out
}

// line names a line of the signers file.
func line(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", line %d of the signers file", n)
}

func statementWords(c signing.Countersignature, now time.Time) string {
	if c.By == "" {
		return "an unreadable statement"
	}
	return fmt.Sprintf("%s, %s: %s", c.By, when(c.At, now), c.Decision)
}

func replay(f found, st stage) row {
	switch {
	case st == replaying:
		return row{replayStep, works, "replay", []string{"rendering the report again"}}
	case f.replayed && f.v.Replay == "same":
		return row{replayStep, holds, "replay", []string{"the journal gives the report that was signed, byte for byte"}}
	case f.replayed && f.v.Replay != "":
		return row{replayStep, fails, "replay", []string{f.v.Replay}}
	}
	if !f.v.Good {
		return row{replayStep, waits, "replay", []string{"not looked at"}}
	}
	return row{replayStep, waits, "replay", []string{"not asked: {run.start} renders the report again and compares"}}
}

// remarks are what else there is to know.
func remarks(f found) []row {
	var out []row
	if f.signers != "" {
		out = append(out, row{noStep, notes, "signers", []string{f.signers}})
	}
	if h := string(f.v.Hint); h != "" {
		out = append(out, row{noStep, notes, "hint", []string{h}})
	}
	for _, n := range f.v.Notes {
		out = append(out, row{noStep, notes, "note", []string{string(n)}})
	}
	return out
}

// reason is why it is not good, as a sentence: the first of what is wrong. What a replay
// found changed stands in its row.
func reason(v *signing.Verification) string {
	why := strings.TrimSuffix(strings.TrimPrefix(string(v.Sentence), "NOT GOOD: "), ".")
	return strings.TrimSuffix(why, ": "+strings.TrimSuffix(v.Replay, ".")) + "."
}

// headline is the end in one line, and what leads said in the next.
func headline(f found) []string {
	switch {
	case f.archive != nil:
		return []string{"NOT GOOD", f.archive.Error()}
	case f.v == nil:
		return nil
	case !f.v.Good:
		return []string{"NOT GOOD", reason(f.v)}
	}
	signed, _, _ := strings.Cut(strings.TrimPrefix(string(f.v.Sentence), "GOOD "), "; ")
	out := []string{"GOOD", signed + ", " + when(f.v.SignedAt, f.now)}
	for _, c := range f.v.Countersignatures {
		out = append(out, fmt.Sprintf("countersigned by %s, %s: %s", c.By, when(c.At, f.now), c.Decision))
	}
	if len(f.v.Countersignatures) == 0 {
		out = append(out, "not countersigned")
	}
	return out
}

// when is a time of the file as people read it: with its year where it is another one.
func when(stamp string, now time.Time) string {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return "no time"
	}
	if t = t.Local(); t.Year() != now.Local().Year() {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("2 Jan 15:04")
}
