package verify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/themes"
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

// row is a line of the step.
func (s step) row(st state, text ...string) row { return row{s, st, stepNames[s], text} }

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
	return stateWords[r.state]
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
		return []row{archiveStep.row(fails, f.archive.Error())}
	}
	if f.v == nil {
		return unchecked(f, st)
	}
	out := []row{archive(f), signature(f), key(f), contents(f), journal(f), evidence(f)}
	out = append(out, countersigns(f)...)
	out = append(out, replay(f, st))
	if f.v.Signer == "" { // nothing behind the signature can be believed
		for i := range out[2:] {
			out[2+i] = out[2+i].step.row(waits, notLookedAt)
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
	var out []row
	for step := range noStep {
		out = append(out, step.row(waits))
	}
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
	return archiveStep.row(holds, partsOnly(f.parts))
}

func signature(f found) row {
	v := f.v
	if v.Signer == "" {
		return signatureStep.row(fails, problems(v.Problems)...)
	}
	return signatureStep.row(holds, fmt.Sprintf(signatureText, v.Signer, when(v.SignedAt, f.now), parts(len(v.Covers))))
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
	text := keyAndLine(f.v.Fingerprint, f.v.SignersLine)
	if !trusted(f.v) {
		why := string(f.v.KeyState)
		if why == "" {
			return keyStep.row(fails, append(problems(unexplained(f.v)), text)...)
		}
		return keyStep.row(fails, why, text)
	}
	return keyStep.row(holds, text)
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
		return contentsStep.row(fails, wrong...)
	case f.v.Content == "whole":
		return contentsStep.row(holds, fmt.Sprintf(allMatch, n, n))
	case n > 0 && !trusted(f.v):
		return contentsStep.row(waits, fmt.Sprintf(matchUnread, n, n))
	}
	return contentsStep.row(fails, string(f.v.Content))
}

// journal also holds what is wrong and belongs to no other step.
func journal(f found) row {
	if !trusted(f.v) || f.v.Content != "whole" {
		return journalStep.row(waits, notLookedAt)
	}
	if rest := unexplained(f.v); len(rest) > 0 {
		return journalStep.row(fails, problems(rest)...)
	}
	return journalStep.row(holds, fmt.Sprintf(chainWhole, events(int(f.v.Events)), f.v.Head))
}

func evidence(f found) row {
	if journal(f).state != holds {
		return evidenceStep.row(waits, notLookedAt)
	}
	n := 0
	for _, p := range f.v.Parts {
		if strings.HasPrefix(p.Name, "evidence/") {
			n++
		}
	}
	text := piecesAsNamed(n)
	if k := len(f.v.Withheld); k > 0 {
		text = fmt.Sprintf(evidenceLess, text, k)
	}
	return evidenceStep.row(holds, text)
}

// unexplained are the problems that no step tells of by itself.
func unexplained(v *signing.Verification) []clean.Text {
	return slices.DeleteFunc(slices.Clone(v.Problems), func(p clean.Text) bool {
		says := func(text string) bool { return text != "" && strings.Contains(string(p), text) }
		switch {
		case p == v.KeyState, v.Content != "whole" && says(string(v.Content)), ofLeads(v, p):
			return true
		}
		return v.Replay != "" && v.Replay != "same" && says(beginsReplay)
	})
}

// ofLeads reports whether a problem is one of the countersignatures'.
func ofLeads(v *signing.Verification, p clean.Text) bool {
	why := strings.TrimPrefix(string(p), fmt.Sprintf(beginsSigned, v.Signer))
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
		r := countersignStep.row(holds, statementWords(c, f.now))
		if c.Comment != "" {
			r.text = append(r.text, "“"+string(c.Comment)+"”")
		}
		if c.Fingerprint != "" {
			r.text = append(r.text, fmt.Sprintf(leadsKey, keyAndLine(c.Fingerprint, c.SignersLine)))
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
				out = append(out, countersignStep.row(fails, string(p)))
			}
		}
	}
	if len(out) == 0 {
		out = append(out, countersignStep.row(waits, notCountersigned))
	}
	return out
}

func statementWords(c signing.Countersignature, now time.Time) string {
	if c.By == "" {
		return unreadable
	}
	return fmt.Sprintf(statementText, c.By, when(c.At, now), c.Decision)
}

func replay(f found, st stage) row {
	switch {
	case st == replaying:
		return replayStep.row(works, rendersAgain)
	case f.replayed && f.v.Replay == "same":
		return replayStep.row(holds, sameReport)
	case f.replayed && f.v.Replay != "":
		return replayStep.row(fails, f.v.Replay)
	}
	if !f.v.Good {
		return replayStep.row(waits, notLookedAt)
	}
	return replayStep.row(waits, replayNotAsked)
}

// remarks are what else there is to know.
func remarks(f found) []row {
	var out []row
	if f.signers != "" {
		out = append(out, row{noStep, notes, signersRow, []string{f.signers}})
	}
	if h := string(f.v.Hint); h != "" {
		out = append(out, row{noStep, notes, hintRow, []string{h}})
	}
	for _, n := range f.v.Notes {
		out = append(out, row{noStep, notes, noteRow, []string{string(n)}})
	}
	return out
}

// reason is why it is not good, as a sentence: the first of what is wrong. What a replay
// found changed stands in its row.
func reason(v *signing.Verification) string {
	why := strings.TrimSuffix(strings.TrimPrefix(string(v.Sentence), beginsNotGood), ".")
	return strings.TrimSuffix(why, ": "+strings.TrimSuffix(v.Replay, ".")) + "."
}

// headline is the end in one line, and what leads said in the next.
func headline(f found) []string {
	switch {
	case f.archive != nil:
		return []string{notGood, f.archive.Error()}
	case f.v == nil:
		return nil
	case !f.v.Good:
		return []string{notGood, reason(f.v)}
	}
	signed, _, _ := strings.Cut(strings.TrimPrefix(string(f.v.Sentence), beginsGood), "; ")
	out := []string{good, signed + ", " + when(f.v.SignedAt, f.now)}
	for _, c := range f.v.Countersignatures {
		out = append(out, fmt.Sprintf(countersignedBy, c.By, when(c.At, f.now), c.Decision))
	}
	if len(f.v.Countersignatures) == 0 {
		out = append(out, notCountersigned)
	}
	return out
}

// when is a time of the file as people read it: with its year where it is another one.
func when(stamp string, now time.Time) string {
	t, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return noTime
	}
	if t = t.Local(); t.Year() != now.Local().Year() {
		return t.Format("2 Jan 2006 15:04")
	}
	return t.Format("2 Jan 15:04")
}
