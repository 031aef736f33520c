package checks

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Build says which build is assessed, and where the running one says which it is. Path,
// Header and Metric are three ways to say it; the first declared one is asked.
type Build struct {
	Commit string `toml:"commit"` // of the assessed build; else the repository's current one
	Path   string `toml:"path"`   // a GET whose answer names the running build
	JSON   string `toml:"json"`   // JSON pointer into that answer; "/commit" or "/version" when empty
	Header string `toml:"header"` // a header of the base page that names it
	Metric string `toml:"metric"` // a sample of the metrics route whose labels name it, such as "build_info"
}

// Results are the files that other tools left: names or globs (* and ? within one folder),
// relative to the target file. Of several matches the newest counts.
type Results struct {
	JUnit      Strings `toml:"junit"`      // test results, JUnit XML
	Coverage   Strings `toml:"coverage"`   // Cobertura XML, lcov or a Go cover profile
	SARIF      Strings `toml:"sarif"`      // static analysis, SARIF 2.1.0
	Advisories Strings `toml:"advisories"` // known vulnerabilities of dependencies: osv-scanner, govulncheck, npm audit, Trivy or Grype JSON, or SARIF
	ZAP        Strings `toml:"zap"`        // ZAP's JSON report
	Load       Strings `toml:"load"`       // a load tool's summary: k6 JSON
	Page       Strings `toml:"page"`       // page audit: Lighthouse JSON
	Axe        Strings `toml:"axe"`        // accessibility: axe-core JSON
	Scorecard  Strings `toml:"scorecard"`  // OpenSSF Scorecard JSON
}

// Command is a program that an assessor may let gonogo run, with consent: without a shell,
// in Dir, with no more of the environment than it names.
type Command struct {
	Run   []string      `toml:"run"`   // the program and its arguments
	Dir   string        `toml:"dir"`   // relative to the target file; its folder when empty
	Env   []string      `toml:"env"`   // names of environment variables that are handed on, beside PATH, HOME and LANG
	Limit time.Duration `toml:"limit"` // "10m"; 5 minutes when 0, MaxCommand at most
	Exit  int           `toml:"exit"`  // the exit code that means success
	JUnit string        `toml:"junit"` // a JUnit XML file or glob that it writes anew, relative to the target file; judged beside the exit code
}

// MaxCommand is the longest time that a declared command may ask for.
const MaxCommand = 2 * time.Hour

// Backup says where backups are and what is known of restoring them.
type Backup struct {
	Files   Strings       `toml:"files"`   // names or globs, relative to the target file
	RPO     time.Duration `toml:"rpo"`     // recovery point objective: how old the newest may be; 26 h when 0
	Offsite string        `toml:"offsite"` // where a copy outside the host is, in words
	Managed string        `toml:"managed"` // the managed service that makes them, in words or as a link
	Sealed  string        `toml:"sealed"`  // how files that are not encrypted themselves are, in words: "LUKS volume"
	Restore Restore       `toml:"restore"`
}

// Restore is the last restore drill, as the team states it.
type Restore struct {
	Date    string        `toml:"date"` // 2026-10-01
	Took    time.Duration `toml:"took"`
	RTO     time.Duration `toml:"rto"`     // recovery time objective
	Checked string        `toml:"checked"` // how the data were compared: row counts, a smoke test
	By      string        `toml:"by"`
}

// Logs are samples of what the target logs.
type Logs struct {
	Files Strings `toml:"files"` // names or globs, relative to the target file
}

var (
	commitForm   = regexp.MustCompile(`^[0-9a-fA-F]{7,64}$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// checkDeclarations notes what is wrong in the tables of this file.
func (t *Target) checkDeclarations(f *file) {
	if t.Build.Commit != "" && !commitForm.MatchString(t.Build.Commit) {
		f.wrong("build.commit", "build.commit: %q is not a commit: give 7 to 64 hex digits", short(t.Build.Commit))
	}
	if t.Build.Path != "" && !isPath(t.Build.Path) {
		f.wrong("build.path", "build.path: %q must start with / or be an http or https URL", short(t.Build.Path))
	}
	if t.Build.JSON != "" && !strings.HasPrefix(t.Build.JSON, "/") {
		f.wrong("build.json", "build.json: %q is not a JSON pointer such as \"/commit\"", short(t.Build.JSON))
	}
	for _, name := range slices.Sorted(maps.Keys(t.Commands)) {
		c := t.Commands[name]
		if len(c.Run) == 0 || strings.TrimSpace(c.Run[0]) == "" {
			f.wrong("commands."+name, "commands.%s: run is missing: give the program and its arguments, run = [\"make\", \"smoke\"]", name)
		}
		if c.Limit < 0 || c.Limit > MaxCommand {
			f.wrong("commands."+name+".limit", "commands.%s.limit: %s is not between 0 and %s", name, c.Limit, MaxCommand)
		}
		for i, variable := range c.Env {
			if !variableForm.MatchString(variable) { // it may hold a value: it is not quoted
				f.wrong("commands."+name+".env", "commands.%s.env: entry %d is not a variable's name; values have no place here", name, i+1)
			}
		}
	}
	if t.Backup.RPO < 0 {
		f.wrong("backup.rpo", "backup.rpo: must not be negative")
	}
	if date := t.Backup.Restore.Date; date != "" {
		if _, err := time.Parse(time.DateOnly, date); err != nil {
			f.wrong("backup.restore.date", "backup.restore.date: %q is not a date such as \"2026-10-01\"", short(date))
		}
	}
}
