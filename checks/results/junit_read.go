package results

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// testCase is one test of a result file.
type testCase struct {
	Name, Class, File string
	Failed            bool // a failure: the assertion did not hold
	Broken            bool // an error: it did not get as far
	Skipped           bool
	Flaky             bool   // failed first, passed when it was repeated
	Message           string // of failures and errors
}

// junitFile is what a JUnit XML file holds. There is no official schema; this reads what
// pytest, jest-junit, surefire, go-junit-report, gotestsum, Playwright and GoogleTest write.
type junitFile struct {
	cases []testCase
	cut   string // why the file can't be whole, or ""
}

// tally is what one suite says of itself and what it was seen to hold.
type tally struct {
	said, seen struct{ tests, bad int }
}

// junitReader is a JUnit file while it is read.
type junitReader struct {
	file    junitFile
	from    origin
	suites  int
	open    []tally // of the suites that are open
	at      *testCase
	trouble bool // inside a failure or an error
	marked  bool // the test has such an element
	message strings.Builder
}

// buildProperty are the property names under which runners say which build they tested.
// Surefire copies every system property, so that "java.version" is common and means nothing.
var buildProperty = regexp.MustCompile(`^((git|build|vcs|ci|app|github)\.)?(commit|commit\.id|commit\.id\.full|commit\.sha|sha|revision|version|build)$`)

// readJUnit reads every test, however deep its suites lie.
func readJUnit(_ string, src []byte) (junitFile, origin, error) {
	r := &junitReader{}
	if err := walkXML(src, r.start, r.text, r.end); err != nil {
		return junitFile{}, r.from, err
	}
	if r.suites == 0 {
		return junitFile{}, r.from, fmt.Errorf("no testsuite in it")
	}
	return r.file, r.from, nil
}

func (r *junitReader) start(path []element) error {
	e := path[len(path)-1]
	within := ""
	if len(path) > 1 {
		within = path[len(path)-2].name
	}
	switch e.name {
	case "testsuites", "testsuite":
		return r.suite(e)
	case "testcase":
		if r.at != nil {
			return fmt.Errorf("a testcase within a testcase")
		}
		r.testcase(e)
	case "property":
		r.property(e)
	case "failure", "error":
		r.bad(e, within)
	case "skipped", "disabled":
		if within == "testcase" {
			r.at.Skipped = true
		}
	case "flakyFailure", "flakyError":
		if within == "testcase" {
			r.at.Flaky = true
		}
	}
	return nil
}

// suite opens a suite. Numbers that are none are an error: they hide what was counted.
func (r *junitReader) suite(e element) error {
	r.suites++
	var t tally
	for _, name := range []string{"tests", "failures", "errors"} {
		raw := strings.TrimSpace(e.attr[name])
		if raw == "" {
			continue
		}
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 {
			return fmt.Errorf("%s of a suite is %q", name, raw)
		}
		if name == "tests" {
			t.said.tests = n
		} else {
			t.said.bad += n
		}
	}
	r.open = append(r.open, t)
	if made := parseDate(e.attr["timestamp"]); !made.IsZero() && made.After(r.from.made) {
		r.from.made = made
	}
	return nil
}

func (r *junitReader) testcase(e element) {
	r.at = &testCase{Name: e.attr["name"], Class: cmp.Or(e.attr["classname"], e.attr["class"]), File: e.attr["file"]}
	for _, name := range []string{"status", "result"} {
		r.ended(strings.ToLower(strings.TrimSpace(e.attr[name])))
	}
}

// ended takes in how a test ended where an attribute says so: GoogleTest has two of them.
func (r *junitReader) ended(how string) {
	switch how {
	case "failed", "fail", "failure":
		r.at.Failed = true
	case "error", "errored", "broken":
		r.at.Broken = true
	case "skipped", "notrun", "disabled", "pending", "suppressed", "ignored":
		r.at.Skipped = true
	case "", "passed", "pass", "success", "successful", "ok", "run", "completed", "complete", "finished", "done":
	default: // timed out, aborted, crashed: whatever it is, nobody says that it passed
		r.file.cut = fmt.Sprintf("a test ended as %q, which says neither passed nor failed", how)
	}
}

func (r *junitReader) property(e element) {
	name := strings.NewReplacer("_", ".", "-", ".", ":", ".").Replace(strings.ToLower(e.attr["name"]))
	s := stated{e.attr["name"], strings.TrimSpace(e.attr["value"])}
	if buildProperty.MatchString(name) && s.value != "" && !slices.Contains(r.from.builds, s) {
		r.from.builds = append(r.from.builds, s)
	}
}

// bad notes a failure or an error, of a test or of a whole suite (its set-up broke).
func (r *junitReader) bad(e element, within string) {
	if within != "testcase" && within != "testsuite" && within != "testsuites" {
		return
	}
	for i := range r.open {
		r.open[i].seen.bad++
	}
	if within != "testcase" {
		r.file.cases = append(r.file.cases, testCase{Name: "the suite itself", Broken: true, Message: e.attr["message"]})
		return
	}
	r.trouble, r.marked = true, true
	r.message.WriteString(e.attr["message"] + "\n")
	if e.name == "error" {
		r.at.Broken = true
	} else {
		r.at.Failed = true
	}
}

func (r *junitReader) text(_ []element, data []byte) {
	if r.trouble {
		r.message.Write(data)
	}
}

func (r *junitReader) end(path []element) {
	switch path[len(path)-1].name {
	case "failure", "error":
		r.trouble = false
	case "testcase":
		r.at.Message = r.message.String()
		r.message.Reset()
		r.file.cases = append(r.file.cases, *r.at)
		for i := range r.open {
			r.open[i].seen.tests++
			if (r.at.Failed || r.at.Broken) && !r.marked {
				r.open[i].seen.bad++
			}
		}
		r.at, r.marked = nil, false
	case "testsuites", "testsuite":
		t := r.open[len(r.open)-1]
		r.open = r.open[:len(r.open)-1]
		switch {
		case r.file.cut != "":
		case t.said.bad > t.seen.bad:
			r.file.cut = fmt.Sprintf("counts %d failures and errors, but holds %d", t.said.bad, t.seen.bad)
		case t.said.tests > t.seen.tests:
			r.file.cut = fmt.Sprintf("counts %d tests, but holds %d", t.said.tests, t.seen.tests)
		}
	}
}
