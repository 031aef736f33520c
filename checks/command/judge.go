package command

import (
	"fmt"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/results"
)

// exit is how a program ended.
type exit struct {
	Code  int
	Ended string // why it did not end by itself: "by its time limit of 5m0s", "by signal: killed"
}

// tests is what the JUnit files of a run say.
type tests struct {
	results.Tests
	Trouble string // why the files prove nothing: missing, old, not readable, cut off
}

// fact is all that the rule looks at.
type fact struct {
	exit
	Want      int // the exit code that means success
	Unstarted error
	Declared  bool // JUnit results are
	Tests     tests
	Limit     time.Duration
	Started   time.Time
	Took      time.Duration
}

// judge applies the rule. A failure counts before what is not known, what is not known
// before a warning.
func judge(f fact) (checks.Verdict, string) {
	t := f.Tests
	switch {
	case f.Unstarted != nil:
		return checks.Inconclusive, "could not be started: " + f.Unstarted.Error()
	case f.Ended != "":
		return checks.Inconclusive, "was ended " + f.Ended
	case f.Declared && t.Failed > 0:
		return checks.Fail, fmt.Sprintf("%d of %d tests failed, first %s%s", t.Failed, t.Ran, t.First, codeWords(f))
	case f.Code != f.Want:
		return checks.Fail, fmt.Sprintf("exit code %d, %d means success%s", f.Code, f.Want, shellWords(f.Code))
	case !f.Declared:
		return checks.Pass, fmt.Sprintf("exit code %d after %s", f.Code, f.Took.Round(100*time.Millisecond))
	case t.Trouble != "":
		return checks.Inconclusive, t.Trouble
	case t.Ran == 0:
		return checks.Inconclusive, fmt.Sprintf("no test ran (%d skipped)", t.Skipped)
	case t.Skipped > 0:
		return checks.Warn, fmt.Sprintf("%d tests passed, %d skipped", t.Ran, t.Skipped)
	case t.Flaky > 0:
		return checks.Warn, fmt.Sprintf("%d tests passed, %d of them only when repeated", t.Ran, t.Flaky)
	}
	return checks.Pass, fmt.Sprintf("%d tests passed, exit code %d", t.Ran, f.Code)
}

// codeWords adds an exit code that hides failed tests.
func codeWords(f fact) string {
	if f.Code == f.Want {
		return fmt.Sprintf(", though the exit code %d says success", f.Code)
	}
	return fmt.Sprintf("; exit code %d", f.Code)
}

// shellWords explains the two codes that POSIX shells give for what they can't start.
func shellWords(code int) string {
	switch code {
	case 126:
		return " (a shell's word for a program that it may not execute)"
	case 127:
		return " (a shell's word for a program that it did not find)"
	}
	return ""
}
