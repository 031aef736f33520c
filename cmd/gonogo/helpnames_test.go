package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assess/gonogo/checks/browser"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/cmd/gonogo/help"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/library"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/keys"
)

var (
	span      = regexp.MustCompile("`([^`]+)`")
	helpTopic = regexp.MustCompile(`gonogo help ([a-z][a-z-]*)`)
	getenv    = regexp.MustCompile(`os\.(?:Getenv|LookupEnv)\("(GONOGO_[A-Z_]+)"\)`)
	variable  = regexp.MustCompile(`GONOGO_[A-Z_]+`)
)

// pages are the help topics and the README, by name.
func pages(t *testing.T) map[string]string {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{"README.md": string(readme)}
	for _, name := range help.Topics() {
		out[name], _ = help.Topic(name)
	}
	return out
}

// prose is a page without its indented blocks, code is what stands in those, without comments.
func prose(page string) (prose string, code []string) {
	var b strings.Builder
	for line := range strings.Lines(page) {
		if text, ok := strings.CutPrefix(line, "    "); ok {
			text, _, _ = strings.Cut(text, "  #")
			code = append(code, strings.TrimSpace(text))
			continue
		}
		b.WriteString(line)
	}
	return b.String(), code
}

// spans are what a page has between backquotes in its prose, each on one line.
func spans(page string) []string {
	text, _ := prose(page)
	var out []string
	for _, m := range span.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.Join(strings.Fields(m[1]), " "))
	}
	return out
}

// invocations are the command lines of gonogo that a page shows.
func invocations(page string) []string {
	_, code := prose(page)
	var out []string
	for _, text := range append(spans(page), code...) {
		text, ok := strings.CutPrefix(text, "gonogo ")
		for one := range strings.SplitSeq(text, " · ") {
			if one, _, _ = strings.Cut(one, " | "); ok {
				one, _, _ = strings.Cut(one, " > ")
				out = append(out, strings.TrimSpace(one))
			}
		}
	}
	return out
}

// everyFlag is every flag of every command by name and shorthand, with its dashes.
func everyFlag(root *cobra.Command) map[string]*pflag.Flag {
	out := map[string]*pflag.Flag{}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, set := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) { out["--"+f.Name], out["-"+f.Shorthand] = f, f })
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return out
}

// unknown says what of a command line there is not, or is empty.
func unknown(root *cobra.Command, line string) string {
	all, cur, flags, args := everyFlag(root), root, []string(nil), []string(nil)
	words := strings.Fields(line)
	for i := 0; i < len(words); i++ {
		name, _, valued := strings.Cut(words[i], "=")
		switch f := all[name]; {
		case !strings.HasPrefix(words[i], "-") || words[i] == "-":
			args = append(args, words[i])
		case f == nil:
			return "no command has " + name
		default:
			flags = append(flags, f.Name)
			if f.NoOptDefVal == "" && !valued {
				i++
			}
		}
	}
	for len(args) > 0 && cur.HasSubCommands() {
		at := slices.IndexFunc(cur.Commands(), func(c *cobra.Command) bool { return c.Name() == args[0] })
		if at < 0 {
			return fmt.Sprintf("%s has no command %s", cur.CommandPath(), args[0])
		}
		cur, args = cur.Commands()[at], args[1:]
	}
	for _, name := range flags {
		if cur.Flag(name) == nil {
			return fmt.Sprintf("%s has no flag %s", cur.CommandPath(), name)
		}
	}
	return ""
}

// TestHelpNamesWhatThereIs holds commands, flags, topics, keys, palette commands and variables
// that the documentation names to the program.
func TestHelpNamesWhatThereIs(t *testing.T) {
	root := (&app{}).root()
	root.InitDefaultHelpCmd()
	all := everyFlag(root)
	source := programText(t)
	for name, page := range pages(t) {
		for _, line := range invocations(page) {
			if why := unknown(root, line); why != "" {
				t.Errorf("%s: gonogo %s: %s", name, line, why)
			}
		}
		for _, m := range helpTopic.FindAllStringSubmatch(page, -1) {
			_, is := help.Topic(m[1])
			if c, _, err := root.Find(m[1:]); !is && m[1] != "keys" && m[1] != "json-schema" && (err != nil || c == root) {
				t.Errorf("%s: there is no help on %s", name, m[1])
			}
		}
		for _, s := range spans(page) {
			if first, _, _ := strings.Cut(s, " "); strings.HasPrefix(first, "--") && all[first] == nil {
				t.Errorf("%s: no command has %s", name, first)
			}
			if why := noKey(s); why != "" && !slices.Contains(noKeys[name], s) {
				t.Errorf("%s: %s", name, why)
			}
		}
		for _, v := range variable.FindAllString(page, -1) {
			if !strings.Contains(source, v) {
				t.Errorf("%s: nothing reads %s", name, v)
			}
		}
	}
}

// TestHelpNamesTheVariables holds that a variable of the environment that gonogo reads is in
// the documentation.
func TestHelpNamesTheVariables(t *testing.T) {
	var all strings.Builder
	for _, page := range pages(t) {
		all.WriteString(page)
	}
	read := []string{browser.Setting}
	for _, m := range getenv.FindAllStringSubmatch(programText(t), -1) {
		read = append(read, m[1])
	}
	if len(read) < 4 {
		t.Errorf("found only %v", read)
	}
	for _, v := range read {
		if !strings.Contains(all.String(), v) {
			t.Errorf("no page names %s", v)
		}
	}
}

// noKeys are spans of one letter that are no keys but signs, by page.
var noKeys = map[string][]string{"accessibility": {"-"}, "README.md": {"=", "B", "C"},
	"walk": {"✓", "!", "✘", "–", "·", "=", "B", "C"}}

// noKey says that a span looks like a key or a command of the palette, and is none.
func noKey(s string) string {
	if command, ok := strings.CutPrefix(s, ":"); ok && command != "" {
		first, _, _ := strings.Cut(command, " ")
		if first != strings.ToUpper(first) && !slices.ContainsFunc(action.Table, func(a action.Action) bool { return strings.HasPrefix(a.Words, first) }) {
			return "the palette has no " + s
		}
		return ""
	}
	if utf8.RuneCountInString(s) > 1 && !strings.HasPrefix(s, "Ctrl+") && !strings.HasPrefix(s, "Alt+") {
		return ""
	}
	bound := keys.Default()
	for _, a := range action.Table {
		if slices.ContainsFunc(bound.Keys(a.ID), func(k string) bool { return keys.Label(k) == s }) {
			return ""
		}
	}
	return "no action has the key " + s
}

// programText is the source of the program, without its tests.
func programText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		b.Write(src)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestHelpTellsTheExitCodes holds the exit codes of `gonogo help decision` to those there are.
func TestHelpTellsTheExitCodes(t *testing.T) {
	page, _ := help.Topic("decision")
	for _, want := range []string{fmt.Sprintf("%d GO", exitGo), fmt.Sprintf("%d CONDITIONAL GO", exitConditional), fmt.Sprintf("%d NO-GO", exitNoGo),
		fmt.Sprintf("%d only unknowns", exitUnknown), fmt.Sprintf("%d wrong usage", exitUsage), fmt.Sprintf("turns %d into %d", exitConditional, exitGo)} {
		if !strings.Contains(page, want) {
			t.Errorf("gonogo help decision does not say %q", want)
		}
	}
}

// TestHelpExamplesAreSound holds that the examples of configuration, answers and findings read.
func TestHelpExamplesAreSound(t *testing.T) {
	production, err := profiles.Load("production", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sessions.ParseAnswers("answers.toml", []byte(example(t, "answers")), production); err != nil || len(got) == 0 {
		t.Errorf("answers: %d, %v", len(got), err)
	}
	if got, err := library.Parse("findings.toml", []byte(example(t, "findings"))); err != nil || len(got) != 1 {
		t.Errorf("findings: %d, %v", len(got), err)
	}
	page, _ := help.Topic("files")
	_, block, _ := strings.Cut(page, "\n    theme = ")
	block, _, _ = strings.Cut("    theme = "+block, "\n\n`")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, warnings, err := config.Load(dir); err != nil || len(warnings) > 0 || c.Me.Role != "assessor" {
		t.Errorf("configuration: %+v %v %v", c, warnings, err)
	}
}

// TestHelpIsNotTooWide holds that prose of the documentation fits 100 columns.
func TestHelpIsNotTooWide(t *testing.T) {
	for _, name := range help.Topics() {
		page, _ := help.Topic(name)
		text, _ := prose(page)
		for line := range strings.Lines(text) {
			if w := utf8.RuneCountInString(strings.TrimSpace(line)); w > 100 && !strings.HasPrefix(line, "|") {
				t.Errorf("%s: %d columns: %s", name, w, line)
			}
		}
	}
}
