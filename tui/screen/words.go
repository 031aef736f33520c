package screen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
)

// Why something can't be done now, of several screens.
const (
	NoReview      = "no review is open"
	NoReviewOpen  = "No review is open." // where a screen has nothing else
	OtherRuns     = "another review is still running"
	RunGoesOn     = "a run is going on"
	NothingRuns   = "nothing is running"
	NothingMarked = "nothing is marked"
	NothingToUndo = "nothing to undo"
	NothingToRedo = "nothing to redo"
	NotKnownYet   = "not known yet"
	cannotRun     = "can't run: %s"
	noLoad        = "no load was sent yet; %s in the walk asks first"
	beforeIsGone  = "the review this one tests again, %s, is not here any more: what failed before is not known"
)

// NotNow says why a key does nothing: "not now: no review is open".
func NotNow(why string) string { return "not now: " + why }

// KeyNotNow is, in the foot of a box, the key that leaves while nothing is done yet.
func KeyNotNow(key string) string { return key + " not now" }

// KeyBack is the key that leaves where there is nothing left to do.
func KeyBack(key string) string { return key + " back" }

// KeyGivesUp is the key that stops waiting.
func KeyGivesUp(key string) string { return key + " gives up" }

// KeysNextNotNow are the keys of a form: to the next field, and to leave.
func KeysNextNotNow(next, leave string) string { return next + " next   " + KeyNotNow(leave) }

// LookInJournals leads on where a filter finds nothing.
const LookInJournals = "look in all journals"

// NothingMatches says that a filter leaves no row, and the key that clears it.
func NothingMatches(filter, clear string) string {
	return fmt.Sprintf("Nothing matches “%s”. %s clears.", filter, clear)
}

// LinesMore counts the lines out of sight.
func LinesMore(n int) string { return Count(n, "line more", "lines more") }

// LineOf says which line of how many stands at the top.
func LineOf(line, all int) string { return fmt.Sprintf("line %d of %d", line, all) }

// PastedText names evidence that was pasted, by how long it is.
func PastedText(characters int) string {
	return fmt.Sprintf("pasted text, %s", Count(characters, "character", "characters"))
}

// What becomes of what is half-typed.
const (
	DraftKept     = "draft kept"
	BackDraftKept = "back, draft kept"
	DropDraft     = "drop the draft"
)

// What the screens say that sign with a key.
const (
	LooksForKeys    = "still looking for keys"
	NoKey           = "there is no key to sign with"
	NoKeyMakeOne    = NoKey + "; ssh-keygen makes one"
	AnotherKey      = "another key"
	AskPassphrase   = "Passphrase"
	WrongPassphrase = "that is not its passphrase"
	KeyNone         = "no key in ~/.ssh or an agent; ssh-keygen makes one"
	AsHint          = "you@example.com, as in your team’s signers file"
	AsNeeded        = "say as whom: " + AsHint
	AgentForwarded  = "The agent is forwarded: who administers this machine could sign as you."
)

// PassphraseOf asks for a key's passphrase.
func PassphraseOf(key string) string { return AskPassphrase + " of " + key }

// PassphraseHint says whose passphrase a form asks for.
func PassphraseHint(key string) string { return "of " + key + "; it is not shown" }

// KeyAnotherKey is the key that leaves a passphrase for another key.
func KeyAnotherKey(key string) string { return key + " " + AnotherKey }

// The save state in the title, and why something could not be saved.
const (
	saving       = "saving"
	savedClock   = "saved %s"
	readOnly     = "read-only"
	asAfterEvent = "as after event %d"
	offlineSince = "no connection · saved %s"
	notSaved     = "NOT SAVED: %s"
	diskFull     = "disk full"
	mayNotWrite  = "may not write"
	othersFirst  = "somebody else wrote first"
	diskFailed   = "the disk failed"
)

// changesWait says that there is no connection, and how much waits for it.
func changesWait(n int) string {
	return fmt.Sprintf("no connection, %s", Count(n, "change waits", "changes wait"))
}

// What is said of what was just recorded.
const (
	landed        = "saved"
	landedUnsaved = "kept, not saved yet"
	addNotSaved   = ", not saved yet"
	undone        = "undone · %s redoes"
	redone        = "redone · %s undoes"
)

// The status line: how much is judged, what runs, and what waits for the person.
const (
	judgedOf       = "%d of %d judged"
	runDone        = "running, %d done"
	runItem        = "running %s"
	runItemSays    = "running %s, %s"
	StopsSaved     = "stopping; what ran is saved" // said to who asked for it, too
	assignedToYou  = "%s yours"
	markedToReturn = "%s marked"
)

// EscStops ends what is said of a run. Where room lacks, what stands before it gives way.
const EscStops = " · Esc stops"

func questionsWait(n int) string { return Count(n, "question", "questions") }

// NeedConsent counts the checks that wait until somebody allows them.
func NeedConsent(n int) string { return Count(n, "needs consent", "need consent") }

// sayOf is a sentence on one person by name, on two by name, and on more by number.
type sayOf struct{ one, two, more string }

// Who else has the review open or wrote to it, in the status line.
var (
	areHere     = sayOf{"%s is here", "%s and %s are here", "%d others are here"}
	wroteLately = sayOf{"%s wrote lately", "%s and %s wrote lately", "%d others wrote lately"}
	wroteAt     = sayOf{"%s wrote at %s", "%s and %s wrote at %s", "%d others wrote, last at %s"}
)

const (
	hereAndWrote    = "%s is here, wrote at %s"
	yourOtherWindow = "your other window"
)

// people says the sentence of these people; rest fills what stands after them in it.
func (s sayOf) people(who []string, rest ...any) string {
	switch len(who) {
	case 1:
		return fmt.Sprintf(s.one, append([]any{who[0]}, rest...)...)
	case 2:
		return fmt.Sprintf(s.two, append([]any{who[0], who[1]}, rest...)...)
	}
	return fmt.Sprintf(s.more, append([]any{len(who)}, rest...)...)
}

// What others wrote, as news.
const (
	newsBy       = "%s: %s"
	newsAndMore  = "%s · and %d more"
	yoursStands  = "your %s on %s stands, written after %s’s %s"
	yoursIsGone  = "%s’s %s replaces your %s on %s"
	takingItBack = "taking back"
)

// The question before the first run of a target that came with its session.
const (
	foreignTitle = "A target from elsewhere"
	foreignAsks  = "Run this target from here?"
	foreignWords = "Its target file came with this review and was not read from this machine. Whoever wrote it chose what is sent where."
	foreignYes   = "run it from here"
	foreignKeeps = "run it from here, now and later"
	fillsIn      = "Fills in"
	speaksTo     = "Speaks to"
	reads        = "Reads"
	pathsFrom    = "Paths from"
)

// linesOf says which lines are in sight, and the key that shows the others.
func linesOf(from, to, all int, key string) string {
	return fmt.Sprintf("%d–%d of %d · %s scrolls", from, to, all, key)
}

// The dialog that asks what to search for.
const (
	searchTitle = "Search all reviews"
	searchWhat  = "Reasons, notes, findings, conditions, items and people, in every journal."
	searchYes   = "search"
)

// The log of load: what happened, and what is to know of it.
const (
	loadBegins  = "begins"
	loadSends   = "%s: %s, %s"
	loadGap     = "gap"
	loadSilent  = "nothing finished for %s; oldest open %s"
	loadDone    = "done"
	loadBrought = "%s: %s of %s failed"
	loadP90     = ", p90 %s"
)

// CountWords says counts with their words: "8 pass, 2 warn, 10 fail"; what there is none
// of is left out.
func CountWords(c sessions.Counts) string {
	var parts []string
	for _, n := range []struct {
		n int
		v checks.Verdict
	}{{c.Pass, checks.Pass}, {c.Warn, checks.Warn}, {c.Fail, checks.Fail}, {c.Inconclusive, checks.Inconclusive}, {c.NA, checks.NA}, {c.Pending, checks.Pending}} {
		if n.n > 0 {
			parts = append(parts, Number(n.n)+" "+string(n.v))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// DecisionWords is a decision with its score, its range and its coverage: "NO-GO, 35.2 %,
// range 30.0 to 41.2, coverage 80 %".
func DecisionWords(a *sessions.Assessment) string {
	out := a.Decision.Words()
	if a.Decision != a.Computed {
		out = fmt.Sprintf("%s, declared, computed %s", out, a.Computed.Words())
	}
	if a.Decision == sessions.Incomplete && a.Score.Coverage == 0 {
		return out
	}
	return fmt.Sprintf("%s, %s, range %s to %s, coverage %s", out,
		Percent(a.Score.Overall, 1), Percent(a.Score.Low, 1), Percent(a.Score.High, 1), Percent(a.Score.Coverage, 0))
}

// VerdictSign is a verdict's sign with its token.
func VerdictSign(v checks.Verdict) (string, themes.Token) {
	switch v {
	case checks.Pass:
		return themes.SignPass, themes.Pass
	case checks.Warn:
		return themes.SignWarn, themes.Warn
	case checks.Fail:
		return themes.SignFail, themes.Fail
	case checks.Inconclusive:
		return themes.SignInconclusive, themes.Unknown
	case checks.NA:
		return themes.SignNA, themes.Muted
	}
	return themes.SignPending, themes.Muted
}

// DecisionSign is the sign of a decision with its token.
func DecisionSign(d sessions.Decision) (string, themes.Token) {
	switch d {
	case sessions.Go:
		return themes.SignPass, themes.Pass
	case sessions.ConditionalGo:
		return themes.SignWarn, themes.Warn
	case sessions.NoGo:
		return themes.SignFail, themes.Fail
	}
	return themes.SignPending, themes.Muted
}

// Percent is a score with so many decimals, rounded as reports do: "35.2 %".
func Percent(v float64, decimals int) string {
	return strconv.FormatFloat(sessions.Rounded(v, decimals), 'f', decimals, 64) + " %"
}

// Number groups thousands with blanks: "8 818".
func Number(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Seconds is a duration as people read it: "84 ms", "1.9 s", "2 m 14 s", "1 h 05 m".
func Seconds(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d m %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d m", int(d.Hours()), int(d.Minutes())%60)
}

// Age is how long ago something was: "4 m", "3 h", "2 d", "5 w", then the date.
func Age(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d m", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 7*24*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	case d < 10*7*24*time.Hour:
		return fmt.Sprintf("%d w", int(d.Hours()/24/7))
	}
	return t.Local().Format("2 Jan 2006")
}

// Bytes is a size: "4.1 KiB".
func Bytes(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// Count is a number with its noun: "1 question", "4 questions".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}
