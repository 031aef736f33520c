//go:build unix

package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// house makes a session with one question and returns its folder.
func house(t *testing.T, profile, target string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"house.toml": profile, "target.toml": "name = \"shop\"\n" + target} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = gonogo(dir, "run", "target.toml", "--profile", "house.toml").Run() // its exit code is the decision's
	return dir
}

// said runs the reviewer line by line on answers and returns all that it says.
func said(t *testing.T, dir, answers string) string {
	t.Helper()
	cmd := gonogo(dir, "resume", "latest", "--plain")
	cmd.Stdin = strings.NewReader(answers)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("after %q: %v\n%s", answers, err, out)
	}
	return string(out)
}

// TestPlainDraftSurvivesKill: line by line too, what is half typed is there after a kill.
func TestPlainDraftSurvivesKill(t *testing.T) {
	dir := house(t, crashProfile, "")
	dumb := func() *exec.Cmd {
		cmd := gonogo(dir, "resume", "latest")
		cmd.Env = append(cmd.Env, "TERM=dumb")
		return cmd
	}
	p := onTerminal(t, dumb())
	p.until("Command?")
	p.types("u\r")
	p.until("Item H-01")
	p.until("Command?")
	p.types("f\r")
	p.until("Reason?")
	p.types("half a word")
	holds(t, filepath.Join(dir, "home", "sessions"), "half a word")
	p.kill()
	again := onTerminal(t, dumb())
	again.until("Welcome back")
	again.until("half a word")
	again.until("y or n:")
	again.types("y\r")
	again.until(`Now: "half a word"`)
	again.until("Reason?")
	again.types("+ and the rest\r")
	again.until("Strength?")
	again.types("\r")
	again.until("Done:")
	again.until("Command?")
	again.types("\x04")
	again.until("Left. All is saved.")
	if got := said(t, dir, "H-01\n"); !strings.Contains(got, `"half a word and the rest"`) {
		t.Errorf("the reason is not there:\n%s", got)
	}
}

// TestPlainEndsAnywhere: wherever the answers end, in the middle of one or behind it, the
// session is left whole.
func TestPlainEndsAnywhere(t *testing.T) {
	answers := []string{"u", "f", "nobody", "", "c", "No one is on call", "high", "", "b", "", "", "", "", "", "", "", "", "?", "y",
		"D", "d", "NO-GO", "", "", "conditions", "c", "Name somebody", "Ann", "", "", "H-01", "b", "R", "1", "b", "1"}
	dir := house(t, crashProfile, "")
	for n := 0; n < len(answers); n += 2 {
		end := []string{"", "\n"}[n/2%2]
		got := said(t, dir, strings.Join(answers[:n+1], "\n")+end)
		if !strings.HasSuffix(got, "Left. All is saved.\n") {
			t.Fatalf("after %q:\n%s", answers[:n+1], got)
		}
	}
	if out, err := gonogo(dir, "doctor", "latest").CombinedOutput(); err != nil {
		t.Errorf("the session is not whole: %v\n%s", err, out)
	}
}

// TestPlainSaysNoControlBytes: what a target answered and a person typed leaves as text.
func TestPlainSaysNoControlBytes(t *testing.T) {
	const hostile = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\r"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<title>page" + hostile + "</title>"))
	}))
	defer srv.Close()
	dir := house(t, crashProfile+`
[[category.item]]
id = "H-02"
title = "Scripts are restricted"
severity = "high"
checks = [ { kind = "security.headers.csp" } ]
`, "base_url = \""+srv.URL+"\"\n")
	got := said(t, dir, "H-02\n1\nt\nt\nH-01\nf\na\x1b[31m\x07\xff reason\n\nH-01\nwhy\nx\x1b[2J\n/\x1b[2J\nD\nR\n1\n")
	for _, part := range []string{"Evidence: <title>page", "is no command here"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not said:\n%s", part, got)
		}
	}
	for _, r := range got {
		if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e || r == 0xfffd {
			t.Fatalf("%q came out:\n%q", r, got)
		}
	}
}
