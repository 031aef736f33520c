package deploy

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

// drainTime is the least time a service should have to finish what it is doing. It is also
// what Docker gives when nothing is said.
const drainTime = 10 * time.Second

type composeShutdownParams struct {
	Files checks.Strings `toml:"files" doc:"compose files, each merged on the one before; default: the file compose itself would take"`
}

var composeShutdown = checks.Define(checks.Kind{
	ID:       "deploy.compose.shutdown",
	Title:    "A stopping container can finish its requests",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the compose file and the Dockerfiles in its build contexts",
	Rule: "Per service that is built here or has its own command. PASS: started in exec form, or through a shell with exec or init, " +
		"and 10 s or more to stop (Docker's default is 10 s). WARN: a shell that swallows the stop signal; less than 10 s; STOPSIGNAL " +
		"SIGKILL. It never fails. Inconclusive when no service shows how it starts.",
	Fix:  "`CMD [\"program\", …]` or `exec program` in the script, `init: true`, `stop_grace_period: 30s`.",
	Refs: []string{"Compose specification", "12-factor IX"},
}, func(ctx context.Context, p *checks.Probe, params composeShutdownParams) checks.Result {
	tree, c, none := withCompose(ctx, p, params.Files)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	for _, s := range c.Services {
		if s.isJob(c) {
			continue
		}
		file, _ := readDockerfile(tree, s)
		start, known := startOf(s, file)
		if !known {
			continue
		}
		v, say := judgeShutdown(s, start)
		obs.Add(v, c.Path, s.Line, start.where, "%s: %s", s.Name, say)
	}
	if len(obs) == 0 {
		return checks.NewResult(checks.Inconclusive, checks.Configuration,
			"no service of "+c.Path+" shows how it is started", p.Note(c.Path, "services: "+local.Count(len(c.Services), "service")+"\n"))
	}
	return obs.Result(p, c.Path, local.Count(len(obs), "service")+" can drain before it is killed")
})

// start is how a service's first process comes about.
type start struct {
	where   string // "compose command", "Dockerfile CMD"
	shell   bool   // a shell is process 1 and does not hand over
	sigkill bool   // the stop signal can't be caught
}

// startOf finds the first process: compose's entrypoint and command go before those of
// the Dockerfile. known is false when neither file says.
func startOf(s service, d *dockerfile) (st start, known bool) {
	entry, command := s.Entrypoint, s.Command
	st.where = "compose command"
	if d != nil {
		if in, ok := d.last("STOPSIGNAL"); ok {
			st.sigkill = in.Args == "SIGKILL" || in.Args == "9"
		}
		if in, ok := d.last("ENTRYPOINT"); ok && !entry.Given {
			words, exec := in.execForm()
			if !exec {
				st.where, st.shell = "Dockerfile ENTRYPOINT", !strings.HasPrefix(in.Args, "exec ")
				return st, true
			}
			entry = wordsOf(words)
		}
		if in, ok := d.last("CMD"); ok && !command.Given && !s.Entrypoint.Given {
			st.where = "Dockerfile CMD"
			words, exec := in.execForm()
			if !exec {
				words = []string{"/bin/sh", "-c", in.Args}
			}
			command = wordsOf(words)
		}
	}
	if !entry.Given && !command.Given {
		return st, false
	}
	st.shell = swallows(slices.Concat(entry.Words, command.Words))
	return st, true
}

func wordsOf(words []string) command { return command{len(words) > 0, words} }

// swallows tells whether the first process is a shell that runs its program as a child,
// and so keeps the stop signal for itself.
func swallows(words []string) bool {
	if len(words) > 0 && (path.Base(words[0]) == "env" || path.Base(words[0]) == "tini" || path.Base(words[0]) == "dumb-init") {
		return path.Base(words[0]) == "env" && swallows(words[1:])
	}
	if len(words) < 2 || !slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh"}, path.Base(words[0])) {
		return false
	}
	for i, w := range words[1:] {
		if strings.HasPrefix(w, "-") && strings.Contains(w, "c") && i+2 < len(words) {
			script := strings.TrimSpace(words[i+2])
			last := script
			for _, sep := range []string{"&&", ";", "\n"} {
				if at := strings.LastIndex(last, sep); at >= 0 {
					last = strings.TrimSpace(last[at+len(sep):])
				}
			}
			return !strings.HasPrefix(last, "exec ")
		}
	}
	return false // a script file: what it does at its end is not known here
}

// judgeShutdown applies the rule to one service.
func judgeShutdown(s service, st start) (checks.Verdict, string) {
	grace := drainTime
	said := "10 s by default"
	if s.Grace != nil {
		grace, said = *s.Grace, s.Grace.String()
	}
	switch {
	case st.sigkill:
		return checks.Warn, "its stop signal is SIGKILL, which no program can catch"
	case st.shell && !s.Init:
		return checks.Warn, fmt.Sprintf("its %s runs in a shell that swallows the stop signal", st.where)
	case grace < drainTime:
		return checks.Warn, "has only " + said + " to stop"
	}
	return checks.Pass, "gets the stop signal and has " + said + " to stop"
}
