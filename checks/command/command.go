package command

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// defaultLimit is how long a command may take that declares nothing.
const defaultLimit = 5 * time.Minute

type runParams struct {
	Name string `toml:"name" doc:"which command of the target file: the NAME of [commands.NAME]"`
}

var runKind = checks.Define(checks.Kind{
	ID:       "command.run",
	Title:    "A declared command succeeds",
	Class:    checks.Intrusive,
	Needs:    []string{"commands.{name}"},
	Severity: checks.High,
	Sends:    "nothing itself: starts the program that the target file declares, on this machine, without a shell; what the program sends is its own affair",
	Rule: "PASS: it ends with the declared exit code and, where a JUnit file is declared, that file was written during the run and holds at " +
		"least one test that ran and none that failed. WARN: as PASS, but tests were skipped or passed only when repeated. FAIL: another exit code, or a failed test. " +
		"Inconclusive: it could not be started, was ended by its time limit or a signal, or the JUnit file is missing, older than the run, " +
		"cut off, not readable or without a test that ran. Pending: the target file declares no such command.",
	Fix:   "Declare under [commands.NAME] what the team runs anyway before a release (smoke tests, an end-to-end suite), with its limit and its JUnit file.",
	Refs:  []string{"NIST SSDF PW.8", "SRE 17"},
	Limit: checks.MaxCommand + time.Minute, // the command's own limit ends it earlier
	Executes: func(t *checks.Target, params any) string {
		c := t.Commands[params.(runParams).Name]
		return commandLine(c.Run) + "  in " + folder(t, c)
	},
}, func(ctx context.Context, p *checks.Probe, params runParams) checks.Result {
	c := p.Target.Commands[params.Name]
	dir := cmp.Or(p.File(c.Dir), p.Target.Dir)
	facts := fact{Want: c.Exit, Declared: c.JUnit != "", Limit: cmp.Or(c.Limit, defaultLimit)}
	before := snapshot(p, c.JUnit)
	env, unset := environment(p, c.Env)
	out := newOutput(p.Progress)
	facts.Started = time.Now()
	program, err := locate(c.Run[0], dir)
	if err == nil {
		facts.exit, err = run(ctx, start{program, c.Run, dir, env, facts.Limit}, out)
	}
	facts.Took = time.Since(facts.Started)
	if facts.Unstarted = err; err == nil && facts.Declared {
		facts.Tests = readTests(p, c.JUnit, before, facts.Started)
	}
	if ctx.Err() != nil {
		facts.exit = exit{Ended: "when the run was stopped"}
	}
	verdict, reason := judge(facts)
	if len(unset) > 0 && verdict != checks.Pass {
		reason += "; not set where gonogo runs: " + strings.Join(unset, ", ")
	}
	result := checks.NewResult(verdict, checks.ObservedLive, params.Name+": "+reason,
		p.Note("command "+params.Name, report(c, dir, program, facts, reason, unset)+out.text(p.Redacted)))
	if facts.Unstarted == nil {
		result.Measurements = []checks.Measurement{{Name: "command " + params.Name, Value: facts.Took.Seconds(), Unit: "s"}}
	}
	return result
})

// folder is where a command is started, in full: the target of a session that came from
// somebody else names a folder too, and it is the one on this machine.
func folder(t *checks.Target, c checks.Command) string {
	if filepath.IsAbs(c.Dir) {
		return c.Dir
	}
	return filepath.Join(t.Dir, c.Dir)
}

// environment is what the program gets, and which declared names are not set. The values of
// declared names are secrets from here on: whoever hides nothing need not declare it.
func environment(p *checks.Probe, declared []string) (env, unset []string) {
	names := []string{"PATH", "HOME", "LANG"}
	for _, name := range append(names, declared...) {
		value, ok := os.LookupEnv(name)
		own := slices.Contains(declared, name)
		switch {
		case !ok && own:
			unset = append(unset, name)
		case ok:
			env = append(env, name+"="+value)
		}
		if ok && own && !slices.Contains(names, name) {
			p.Secret("env", value)
		}
	}
	return env, unset
}

// commandLine shows arguments so that their borders are seen.
func commandLine(argv []string) string {
	shown := make([]string, len(argv))
	for i, a := range argv {
		shown[i] = a
		if a == "" || strings.Trim(a, plain) != "" {
			shown[i] = strings.ReplaceAll(strconv.Quote(a), "  ", `\x20\x20`) // where lines are wrapped, blanks shrink
		}
	}
	return strings.Join(shown, " ")
}

// plain are the characters of an argument that needs no quotes.
const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"

// report is the head of the evidence: what was started, with what, and how it ended.
func report(c checks.Command, dir, program string, f fact, reason string, unset []string) string {
	var b strings.Builder
	line := func(label, text string) { fmt.Fprintf(&b, "%-12s %s\n", label, text) }
	line("run", commandLine(c.Run))
	line("program", cmp.Or(program, "not found"))
	line("folder", dir)
	line("environment", strings.Join(append([]string{"PATH", "HOME", "LANG"}, c.Env...), " "))
	if len(unset) > 0 {
		line("not set", strings.Join(unset, " "))
	}
	line("limit", f.Limit.String())
	if f.Declared {
		line("junit", c.JUnit)
	}
	line("started", f.Started.UTC().Format(time.RFC3339))
	line("took", f.Took.Round(time.Millisecond).String())
	line("outcome", reason)
	return b.String()
}
