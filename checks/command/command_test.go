//go:build unix

package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// result is what a run of the kind told.
type result struct {
	checks.Outcome
	evidence string
	progress []string
}

// play runs the kind on a target of its own folder, with consent, until ctx ends.
func play(t *testing.T, ctx context.Context, dir, commands string) result {
	t.Helper()
	target, err := checks.ParseTarget("target.toml", []byte("name = \"x\"\nbase_url = \"https://pay.example\"\n"+commands), dir)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := checks.ParseProfile("p.toml", []byte("id=\"p\"\ntitle=\"P\"\nversion=1\n[[category]]\nid=\"c\"\ntitle=\"C\"\n[[category.item]]\n"+
		"id=\"C-1\"\ntitle=\"T\"\nseverity=\"high\"\nchecks = [{ kind = \"command.run\", name = \"it\" }]\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	registry, err := checks.NewRegistry(Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := checks.NewPlan(target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	var r result
	if waits := plan.Items[0].Waits; waits != "" {
		r.Verdict, r.evidence = checks.Pending, waits
		return r
	}
	plan.Run(ctx, checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}, func(e checks.Event) {
		switch e := e.(type) {
		case checks.Progressed:
			r.progress = append(r.progress, string(e.Text))
		case checks.Finished:
			r.Outcome = e.Outcome
		}
	})
	for _, e := range r.Evidence {
		r.evidence += string(e.Body)
	}
	return r
}

// command declares a command; more is further lines of its table.
func command(more string, argv ...string) string {
	quoted := make([]string, len(argv))
	for i, a := range argv {
		quoted[i] = strconv.Quote(a)
	}
	return "[commands.it]\nrun = [" + strings.Join(quoted, ", ") + "]\n" + more + "\n"
}

func sh(script, more string) string { return command(more, "sh", "-c", script) }

const green = `<testsuite tests="1"><testcase name="a"/></testsuite>`

func TestRun(t *testing.T) {
	junit := `junit = "out/*.xml"`
	for name, c := range map[string]struct {
		declared string
		want     checks.Verdict
		says     string
	}{
		"fine":              {command("", "true"), checks.Pass, "it: exit code 0"},
		"fails":             {command("", "false"), checks.Fail, "exit code 1, 0 means success"},
		"expected code":     {sh("exit 3", "exit = 3"), checks.Pass, "exit code 3"},
		"zero is not three": {sh("exit 0", "exit = 3"), checks.Fail, "exit code 0, 3 means success"},
		"none declared":     {"", checks.Pending, "[commands] it"},
		"not a program":     {command("", "no-such-program-here"), checks.Inconclusive, "could not be started: no-such-program-here is not a program in PATH"},
		"a folder":          {command("", "./out"), checks.Inconclusive, "is not a file"},
		"not executable":    {command("", "./plain"), checks.Inconclusive, "is not executable"},
		"world-writable":    {command("", "./open.sh"), checks.Inconclusive, "may be changed by everybody"},
		"in an open folder": {command("", "./free/run.sh"), checks.Inconclusive, "everybody on this machine may replace files"},
		"a link to it":      {command("", "./link"), checks.Inconclusive, "may be changed by everybody"},
		"below its folder":  {command(`dir = "sub"`, "./run.sh"), checks.Pass, ""},
		"folder missing":    {command(`dir = "none"`, "true"), checks.Inconclusive, "is not there"},
		"no interpreter":    {command("", "./broken.sh"), checks.Inconclusive, "could not be started"},
		"no shell":          {command("", "echo", "$HOME; exit 1"), checks.Pass, ""},
		"a signal":          {sh("kill -9 $$", ""), checks.Inconclusive, "was ended by signal: killed"},
		"reads its input":   {sh("cat; read x || exit 0; exit 9", ""), checks.Pass, ""},
		"shell says 127":    {sh("nothing-of-that-name", ""), checks.Fail, "did not find"},
		"green":             {sh("echo '"+green+"' > out/new.xml", junit), checks.Pass, "1 tests passed, exit code 0"},
		"red, exit 0":       {sh("echo '<testsuite><testcase name=\"b\" classname=\"A\"><failure/></testcase></testsuite>' > out/new.xml", junit), checks.Fail, "1 of 1 tests failed, first A b, though the exit code 0 says success"},
		"red, exit 1":       {sh("echo '<testsuite><testcase name=\"b\"><error/></testcase></testsuite>' > out/new.xml; exit 1", junit), checks.Fail, "exit code 1"},
		"green, exit 1":     {sh("echo '"+green+"' > out/new.xml; exit 1", junit), checks.Fail, "exit code 1"},
		"skipped":           {sh("echo '<testsuite><testcase name=\"a\"/><testcase name=\"b\"><skipped/></testcase></testsuite>' > out/new.xml", junit), checks.Warn, "1 tests passed, 1 skipped"},
		"all skipped":       {sh("echo '<testsuite><testcase name=\"b\"><skipped/></testcase></testsuite>' > out/new.xml", junit), checks.Inconclusive, "no test ran (1 skipped)"},
		"empty suite":       {sh("echo '<testsuite/>' > out/new.xml", junit), checks.Inconclusive, "no test ran"},
		"cut off":           {sh("echo '<testsuite tests=\"2\"><testcase name=\"a\"/></testsuite>' > out/new.xml", junit), checks.Inconclusive, "cut off"},
		"not XML":           {sh("echo hello > out/new.xml", junit), checks.Inconclusive, "does not parse"},
		"no file":           {command(junit, "true"), checks.Inconclusive, "it wrote no JUnit file out/*.xml"},
		"one red of two":    {sh("echo '"+green+"' > out/b.xml; echo '<testsuite><testcase name=\"b\"><failure/></testcase></testsuite>' > out/a.xml", junit), checks.Fail, "1 of 2 tests failed"},
		"an old time":       {sh("echo '"+green+"' > out/new.xml; touch -d '2001-01-01 00:00:00' out/new.xml", junit), checks.Inconclusive, "was not written anew"},
		"old beside new":    {sh("echo '"+green+"' > out/new.xml", `junit = "*/*.xml"`), checks.Inconclusive, "old/old.xml is from"},
		"left from before":  {command(`junit = "old/old.xml"`, "true"), checks.Inconclusive, "was not written anew"},
		"written again":     {sh("echo '"+green+" ' > old/old.xml", `junit = "old/old.xml"`), checks.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for file, mode := range map[string]os.FileMode{"plain": 0o644, "open.sh": 0o757, "sub/run.sh": 0o755, "free/run.sh": 0o755, "broken.sh": 0o755, "old/old.xml": 0o644, "out/.keep": 0o644} {
				body := "#!/bin/sh\n"
				switch file {
				case "broken.sh":
					body = "#!/no/such/shell\n"
				case "old/old.xml":
					body = green
				}
				must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755))
				must(t, os.WriteFile(filepath.Join(dir, file), []byte(body), 0o600))
				must(t, os.Chmod(filepath.Join(dir, file), mode))
			}
			must(t, os.Chmod(filepath.Join(dir, "free"), 0o777))
			must(t, os.Symlink("open.sh", filepath.Join(dir, "link")))
			got := play(t, t.Context(), dir, c.declared)
			if got.Verdict != c.want || !strings.Contains(string(got.Reason)+got.evidence, c.says) {
				t.Errorf("%s %q, want %s %q\n%s", got.Verdict, got.Reason, c.want, c.says, got.evidence)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEnvironmentIsNarrowAndSecret(t *testing.T) {
	t.Setenv("GONOGO_TEST_DECLARED", "hunter2-for-smoke")
	t.Setenv("GONOGO_TEST_OTHER", "not-for-the-command")
	got := play(t, t.Context(), t.TempDir(), sh(`env; echo "$GONOGO_TEST_DECLARED"; exit 1`, `env = ["GONOGO_TEST_DECLARED", "GONOGO_TEST_UNSET"]`))
	text := fmt.Sprint(got.Outcome, got.evidence, got.progress)
	for _, secret := range []string{"hunter2", "not-for-the-command", "GONOGO_TEST_OTHER"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s shows:\n%s", secret, text)
		}
	}
	for _, part := range []string{"GONOGO_TEST_DECLARED=[redacted:env#1]", "PATH=", "not set      GONOGO_TEST_UNSET"} {
		if !strings.Contains(got.evidence, part) {
			t.Errorf("%q is missing:\n%s", part, got.evidence)
		}
	}
	if !strings.HasSuffix(string(got.Reason), "not set where gonogo runs: GONOGO_TEST_UNSET") {
		t.Errorf("reason %q", got.Reason)
	}
}

func TestProgressIsTheLastLine(t *testing.T) {
	t.Setenv("GONOGO_TEST_DECLARED", "hunter2-for-smoke")
	got := play(t, t.Context(), t.TempDir(), sh(`printf 'one\n\033[31mtwo %s\nhalf' "$GONOGO_TEST_DECLARED"`, `env = ["GONOGO_TEST_DECLARED"]`))
	if said := fmt.Sprint(got.progress); said != "[^[[31mtwo [redacted:env#1]]" {
		t.Errorf("progress %q", said)
	}
}

// alive reports whether a process still runs.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// pids reads the process ids that a command wrote, once both are there.
func pids(t *testing.T, file string) (out []int) {
	t.Helper()
	for range 400 {
		src, _ := os.ReadFile(file)
		if fields := strings.Fields(string(src)); len(fields) == 2 && strings.HasSuffix(string(src), "\n") {
			for _, f := range fields {
				pid, err := strconv.Atoi(f)
				must(t, err)
				out = append(out, pid)
			}
			return out
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the command did not start")
	return nil
}

// stubborn ignores the polite signal and has a child that does too.
const stubborn = `trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $$ $! > pids; while :; do sleep 1; done`

func TestEscKillsTheWholeGroup(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan time.Time)
	go func() {
		play(t, ctx, dir, sh(stubborn, ""))
		done <- time.Now()
	}()
	group := pids(t, filepath.Join(dir, "pids"))
	stopped := time.Now()
	cancel()
	if took := (<-done).Sub(stopped); took > time.Second {
		t.Errorf("it took %s to stop", took)
	}
	for _, pid := range group {
		if !gone(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

// gone waits for the end of a killed process that init has yet to collect.
func gone(pid int) bool {
	for range 100 {
		if !alive(pid) || zombie(pid) {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// zombie reports whether a process has ended and nobody asked how.
func zombie(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(after, "Z")
}

func TestTimeLimit(t *testing.T) {
	dir := t.TempDir()
	got := play(t, t.Context(), dir, sh("echo begun; "+stubborn, `limit = "300ms"`))
	if got.Verdict != checks.Inconclusive || !strings.Contains(string(got.Reason), "was ended by its time limit of 300ms") || !strings.Contains(got.evidence, "begun") {
		t.Errorf("%s %s\n%s", got.Verdict, got.Reason, got.evidence)
	}
	for _, pid := range pids(t, filepath.Join(dir, "pids")) {
		if !gone(pid) {
			t.Errorf("process %d still runs", pid)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	start := time.Now()
	got := play(t, t.Context(), dir, sh("sleep 60 & echo $$ $! > pids; echo done", ""))
	if got.Verdict != checks.Pass || !strings.Contains(got.evidence, "done") || time.Since(start) > 5*time.Second {
		t.Errorf("%s %s after %s\n%s", got.Verdict, got.Reason, time.Since(start), got.evidence)
	}
	if child := pids(t, filepath.Join(dir, "pids"))[1]; !gone(child) {
		t.Errorf("its child %d still runs", child)
	}
}

// TestNoTerminal holds that a command leads a session of its own: a new session has no
// terminal to write over or to ask for a password on.
func TestNoTerminal(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("/proc is not there")
	}
	got := play(t, t.Context(), t.TempDir(), sh("read pid name state parent group session rest < /proc/$$/stat; (echo torn > /dev/tty) 2>/dev/null && exit 9; test $session = $$", ""))
	if got.Verdict != checks.Pass {
		t.Errorf("the command has gonogo's terminal: %s", got.Reason)
	}
}

func TestConsentShowsTheWholeFolder(t *testing.T) {
	dir := t.TempDir()
	target := &checks.Target{Dir: dir, Commands: map[string]checks.Command{"here": {Run: []string{"make"}}, "below": {Run: []string{"make"}, Dir: "app"}}}
	for name, want := range map[string]string{"here": "make  in " + dir, "below": "make  in " + filepath.Join(dir, "app")} {
		if got := runKind.Executes(target, runParams{Name: name}); got != want {
			t.Errorf("shows %q, want %q", got, want)
		}
	}
}
