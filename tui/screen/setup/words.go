package setup

import (
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/tui/screen"
)

// The title.
const (
	heading = "New review"
)

// The target.
const (
	targetLabel  = "Target"
	targetHint   = "a target.toml, a repository’s folder, or a URL"
	targetWrong  = "has errors"
	targetRight  = "read, no errors"
	noTargetFile = "no target file"
	takesOwnCopy = "gonogo retest takes the review’s own copy where the file is gone"
	noServices   = "no services"
	noEnvFile    = "no env file"
	oneEnvFile   = "env file found"
	allEnvFiles  = "%d env files found"
	someEnvFiles = "%d of %d env files found"
	noToken      = "no token"
	oneToken     = "one token"
	twoTokens    = "two tokens"
	waitsFor     = "%s for what is not declared" // "3 items wait"
	moreLines    = "… %d more lines"
)

func servicesWords(n int) string { return screen.Count(n, "service", "services") }

func itemsWait(n int) string {
	return fmt.Sprintf(waitsFor, screen.Count(n, "item waits", "items wait"))
}

// A repository, or a running system, without a target file.
const (
	aRepository   = "a repository without a target file"
	aSystem       = "a running system"
	draftsFolder  = "looks at it and drafts one; nothing of it is run"
	draftsAddress = "asks %s, with about %d ordinary GETs, at most %d, to this origin alone, and drafts a target file"
	looking       = "looking; nothing is written yet"
	saveDraft     = "Save the draft of a target file"
	saveDraftAs   = "Read it and fill in what it asks for. As:"
	saveWord      = "save"
	draftSaved    = "saved %s; read it, fill in what it asks for, then begin"
)

// The profile and the level.
const (
	profileLabel   = "Profile"
	levelLabel     = "Level"
	levelDeclared  = "%s, as level in the target says"
	levelBySLO     = "%s, as slo = %g in the target says"
	levelByDefault = "%s, as the target says neither level nor slo"
	levelMeans     = "A asks the most, C the least"
)

// levelWords says which level applies, and why.
func levelWords(t *checks.Target) string {
	switch level := t.EffectiveLevel(); {
	case t.Level != "":
		return fmt.Sprintf(levelDeclared, level)
	case t.SLO != 0:
		return fmt.Sprintf(levelBySLO, level, t.SLO)
	default:
		return fmt.Sprintf(levelByDefault, level)
	}
}

// What may be sent.
const (
	sendLabel      = "May send"
	safeRate       = "at most 10/s, 600 requests"
	safeRateHere   = "at most 100/s, 600 requests" // to this machine
	intrusiveHint  = "asked again before they go"
	loadHint       = "%d users; asked again, host typed"
	loadHintHere   = "%d users; asked again"
	intrusiveLabel = "Intrusive checks"
	loadLabel      = "Load"
	sendLater      = "no, not now"
	sendAsk        = "yes, ask me before they go"
)

func checksWords(n int) string { return screen.Count(n, "check", "checks") }

// Who assesses, and what the review begins from.
const (
	assessorLabel = "Assessor"
	assessorHint  = "printed in the report"
	assessorEmpty = "your name, printed in the report"
	fromLabel     = "Begin from"
	fromNothing   = "nothing"
	fromHint      = "its failures come first"
)

// The footer, and who will be spoken to.
const (
	choose       = "choose"
	begin        = "begin"
	lookAndDraft = "look, draft a target file"
	giveUp       = "give up"
	homeKept     = "home, draft kept"
	onlySpeaksTo = "only %s will be spoken to"
	speaksToNone = "nothing will be spoken to"
)

// speaksTo says who will be spoken to: "only a, b and c will be spoken to".
func speaksTo(hosts []string) string {
	last := len(hosts) - 1
	what := hosts[last]
	if last > 0 {
		what = strings.Join(hosts[:last], ", ") + " and " + what
	}
	return fmt.Sprintf(onlySpeaksTo, what)
}

// Why the review can't begin.
const (
	beingCreated   = "it is being created"
	hasErrors      = "the target file has errors"
	stillLooking   = "it is still being looked at"
	noTargetRead   = "no target file was read yet"
	doNotFit       = "target and profile do not fit together"
	noProfileRead  = "no profile was read yet"
	sayWhoAssesses = "say who assesses"
)

// For those who hear the form.
const (
	sureLook          = "look at it and draft a target file"
	sureBegin         = "begin the review"
	profileUnreadable = "%s, can't be read: %v"
	profileIs         = "%s, %s, %s" // its name, how many items, what it says of itself
	gonogoDoes        = "%s; gonogo %s"
	keyDoes           = "%s; %s %s"
)
