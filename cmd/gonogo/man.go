package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"assess/gonogo/cmd/gonogo/help"
)

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man",
		Short:   "Write the manual page, as man(7) source",
		Long:    "Write the manual page, as man(7) source, from the same table of commands as --help.",
		Example: "  gonogo man | man -l -\n  gonogo man > ~/.local/share/man/man1/gonogo.1",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			m := &manual{w: a.out}
			m.write(cmd.Root())
			return nil
		},
	}
}

// manual writes man(7) source. The writer remembers errors.
type manual struct{ w io.Writer }

// roff makes text stand as it is in a manual page (groff_man(7)): no letter is a request or
// an escape, and every hyphen can be copied and typed.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`, `"`, `\(dq`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}

func (m *manual) section(title string) { fmt.Fprintf(m.w, ".SH %s\n", title) }

// para writes filled text, a paragraph for each block.
func (m *manual) para(text string) {
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		fmt.Fprintf(m.w, ".PP\n%s\n", roff(part))
	}
}

// verbatim writes lines as they are.
func (m *manual) verbatim(text string) {
	fmt.Fprintf(m.w, ".PP\n.nf\n%s\n.fi\n", roff(strings.Trim(text, "\n")))
}

func (m *manual) write(root *cobra.Command) {
	fmt.Fprintf(m.w, ".TH GONOGO 1 \"\" \"gonogo %s\" \"User Commands\"\n", roff(version))
	m.section("NAME")
	fmt.Fprintf(m.w, "gonogo \\- %s\n", roff(root.Short))
	m.section("SYNOPSIS")
	m.para("gonogo [--home DIR] [COMMAND [ARGUMENTS] [FLAGS]]")
	m.section("DESCRIPTION")
	m.para(root.Long)
	m.para("Without a command it opens the reviewer at home. ID is a session's id, a unique start of one, or latest; an argument that ends in .gonogo is a report file.")
	m.section("COMMANDS")
	m.commands(root)
	m.section("OPTIONS")
	m.para("These go with every command.")
	m.flags(root.PersistentFlags())
	m.section("EXIT STATUS")
	m.para("run, demo --headless and retest --headless: 0 GO, 10 CONDITIONAL GO, 20 NO-GO, 3 when only unknowns stand in the way, 2 wrong usage or configuration before anything ran. verify: 0 good, 1 anything wrong inside the file, 2 usage. All others: 0 done, 1 failed, 2 usage.")
	for _, of := range [][2]string{{"FILES", "files"}, {"SEE ALSO", ""}} {
		m.section(of[0])
		if text, ok := help.Topic(of[1]); ok {
			_, text, _ = strings.Cut(text, "\n")
			m.verbatim(text)
			continue
		}
		m.para("ssh-keygen(1), for signed report files. gonogo help TOPIC: " + strings.Join(help.Topics(), ", ") + ", keys, json-schema.")
	}
}

// commands writes every command that people type, those below others too.
func (m *manual) commands(of *cobra.Command) {
	for _, c := range of.Commands() {
		if c.Hidden || c.Name() == "help" || of.Name() == "completion" {
			continue
		}
		fmt.Fprintf(m.w, ".SS %s\n", roff(strings.TrimPrefix(c.UseLine(), "gonogo ")))
		text := c.Long
		if text == "" || c.Name() == "completion" {
			text = c.Short + "."
		}
		if strings.Contains(text, "\n  ") {
			m.verbatim(text)
		} else {
			m.para(text)
		}
		if c.Example != "" {
			m.verbatim(c.Example)
		}
		m.flags(c.LocalNonPersistentFlags())
		m.commands(c)
	}
}

// flags writes a tagged paragraph for each.
func (m *manual) flags(fs *pflag.FlagSet) {
	fs.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		what, usage := pflag.UnquoteUsage(f)
		if what != "" {
			name += " " + strings.ToUpper(what)
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" && f.DefValue != "0" {
			usage += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(m.w, ".TP\n\\fB%s\\fR\n%s\n", roff(name), roff(usage))
	})
}
