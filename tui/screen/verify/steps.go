package verify

import (
	"fmt"
	"strings"
	"time"

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

// rows tell what was found, step by step; once it is known that a step fails, that one
// comes first. A step is good only where what Verify says proves it.
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
	at := failing(f.v)
	named := at == noStep // the failing row tells of itself
	for _, r := range out {
		named = named || r.state == fails && r.step == at
	}
	var first, rest []row
	if !named && at == countersignStep {
		first, named = append(first, row{at, fails, "lead", []string{reason(f.v)}}), true
	}
	for _, r := range out {
		switch {
		case r.state == fails:
			first = append(first, r)
		case !named && r.step == at:
			first = append(first, row{at, fails, r.what, []string{reason(f.v)}})
		case at != noStep && r.step > at:
			rest = append(rest, row{r.step, waits, r.what, []string{"not looked at"}})
		default:
			rest = append(rest, r)
		}
	}
	return append(append(first, rest...), remarks(f)...)
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
	return row{archiveStep, holds, "archive", []string{screen.Count(f.parts, "part", "parts") + ", nothing beside them"}}
}

func signature(f found) row {
	v := f.v
	text := []string{string(v.Signer) + ", " + when(v.SignedAt, f.now) + "; covers " + screen.Count(len(v.Parts), "part", "parts") + " by digest"}
	return row{signatureStep, holds, "signature", text}
}

func key(f found) row {
	text := unlock.Short(f.v.Fingerprint)
	if f.v.SignersLine > 0 {
		text += fmt.Sprintf(", line %d of the signers file", f.v.SignersLine)
	}
	return row{keyStep, holds, "key", []string{text}}
}

// contents names every part that is not what was signed.
func contents(f found) row {
	good, wrong := 0, []string(nil)
	for _, p := range f.v.Parts {
		if p.State == "ok" {
			good++
			continue
		}
		wrong = append(wrong, p.Name+" "+p.State)
	}
	if len(wrong) > 0 {
		return row{contentsStep, fails, "contents", wrong}
	}
	return row{contentsStep, holds, "contents", []string{fmt.Sprintf("%d of %d parts match, none added", good, len(f.v.Parts))}}
}

func journal(f found) row {
	return row{journalStep, holds, "journal", []string{fmt.Sprintf("%s to %.12s, the chain whole", screen.Count(int(f.v.Events), "event", "events"), f.v.Head)}}
}

func evidence(f found) row {
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

// countersigns are the leads' statements, each with who, when and what it says.
func countersigns(f found) []row {
	var out []row
	for _, c := range f.v.Countersignatures {
		r := row{countersignStep, holds, "lead", []string{statementWords(c, f.now)}}
		if c.Comment != "" {
			r.text = append(r.text, "“"+string(c.Comment)+"”")
		}
		if c.Fingerprint != "" {
			r.text = append(r.text, "key "+unlock.Short(c.Fingerprint))
		}
		if !c.Good {
			r.state = fails
			r.text = append([]string{string(c.Sentence)}, r.text...)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		out = append(out, row{countersignStep, waits, "lead", []string{"not countersigned"}})
	}
	return out
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

// failing is the step at which Verify stopped, by what it knows by then; what can't be told
// apart counts for the earliest, so that no later step looks checked.
func failing(v *signing.Verification) step {
	why := strings.TrimPrefix(string(v.Sentence), "NOT GOOD: ")
	why = strings.TrimPrefix(why, "signed by "+string(v.Signer)+", but ")
	switch {
	case v.Good:
		return noStep
	case v.Fingerprint == "" || v.Signer == "" || v.KeyState == "" && len(v.Parts) == 0:
		return signatureStep
	case len(v.Parts) == 0:
		return keyStep
	case v.Content != "whole":
		return contentsStep
	case v.Replay != "" && v.Replay != "same", strings.HasPrefix(why, "replay: "):
		return replayStep
	case len(v.Countersignatures) > 0, strings.HasPrefix(why, "countersign"):
		return countersignStep
	case strings.HasPrefix(why, "evidence: "), strings.HasPrefix(why, "withheld evidence "):
		return evidenceStep
	}
	return journalStep
}

// reason is why it is not good, as a sentence.
func reason(v *signing.Verification) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(v.Sentence), "NOT GOOD: "), ".") + "."
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
	out := []string{"GOOD", "signed by " + string(f.v.Signer) + ", " + when(f.v.SignedAt, f.now)}
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
