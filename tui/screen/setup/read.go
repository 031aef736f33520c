package setup

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// profileRow is one profile to choose.
type profileRow struct {
	name    string
	profile *checks.Profile
	items   int
	err     error
}

// earlier is a saved review of the same target to begin from.
type earlier struct{ id, words string }

// reading is what is known of a target file and of its plan.
type reading struct {
	target   *checks.Target
	err      error
	planErr  error
	counts   map[checks.Class]int // checks by class; nil before the plan is known
	waiting  int                  // items that ask for something undeclared
	envFiles int                  // declared and there
	look     *place               // there is no target file: what to draft one of
}

type profilesRead struct {
	rows []profileRow
	err  error
}

// targetRead answers a request; replanned one that kept the target.
type targetRead struct {
	request uint64
	reading reading
	earlier []earlier
}

// begun answers the request to create the session.
type begun struct {
	msg screen.BegunMsg
	err error
}

// readProfiles reads all built-in profiles and those of the house.
func (s *setup) readProfiles() tea.Cmd {
	env, dir, wanted, own := s.env, s.env.ConfigDir, s.wanted, s.own
	return func() tea.Msg {
		names := profiles.Names()
		if dir != "" {
			names = append(names, profiles.User(dir)...)
		}
		if wanted != "" && !contains(names, wanted) {
			names = append(names, wanted)
		}
		var out profilesRead
		for _, n := range names {
			p, err := profiles.Load(n, dir)
			if errors.Is(err, os.ErrNotExist) && n == wanted && own != "" {
				p, err = ownProfile(env, own)
			}
			row := profileRow{name: n, profile: p, err: err}
			if err == nil {
				for _, c := range p.Categories {
					row.items += len(c.Items)
				}
			}
			out.rows = append(out.rows, row)
		}
		return out
	}
}

// ownProfile is the profile that a saved review was held to, from its own copy: it may have
// come from a file that nobody names any more.
func ownProfile(env *screen.Env, id string) (*checks.Profile, error) {
	old, err := sessions.View(env.Ctx, env.Store, env.Registry, id)
	if err != nil {
		return nil, err
	}
	return old.State().Profile, old.Close()
}

func first(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// readTarget reads the target file and lays out the plan.
func (s *setup) readTarget() tea.Cmd {
	path := strings.TrimSpace(s.target.Text())
	if path == "" {
		s.read = reading{}
		return nil
	}
	return s.learn(path, nil)
}

// replan lays out the plan anew after another profile was chosen.
func (s *setup) replan() tea.Cmd {
	t := s.read.target
	if t == nil {
		return nil
	}
	return s.learn("", t)
}

// learn reads the target, where it is not known, and lays out the plan.
func (s *setup) learn(path string, t *checks.Target) tea.Cmd {
	s.giveUp()
	s.asked++
	request, env, again := s.asked, s.env, s.again
	var p *checks.Profile
	if s.profile < len(s.profiles) {
		p = s.profiles[s.profile].profile
	}
	return func() tea.Msg {
		if t == nil {
			file, look, err := find(path)
			if err == nil && look == nil {
				t, err = checks.LoadTarget(file)
			}
			if err != nil || look != nil {
				return targetRead{request: request, reading: reading{err: err, look: look}}
			}
		}
		return targetRead{request, plan(t, p, env.Registry), reviewed(env, t, p, again)}
	}
}

// plan counts what the review would do.
func plan(t *checks.Target, p *checks.Profile, reg *checks.Registry) reading {
	r := reading{target: t}
	for _, f := range t.EnvFiles {
		if !filepath.IsAbs(f) {
			f = filepath.Join(t.Dir, f)
		}
		if st, err := os.Stat(f); err == nil && st.Mode().IsRegular() {
			r.envFiles++
		}
	}
	if p == nil {
		return r
	}
	pl, err := checks.NewPlan(t, p, reg, checks.Selection{})
	if err != nil {
		r.planErr = err
		return r
	}
	r.counts = map[checks.Class]int{}
	for _, it := range pl.Items {
		if it.Observe {
			continue
		}
		if it.Waits != "" {
			r.waiting++
		}
		for _, c := range it.Checks {
			if c.Waits == "" {
				r.counts[c.Kind.Class]++
			}
		}
	}
	return r
}

// maxEarlier is how many earlier reviews are offered.
const maxEarlier = 3

// reviewed lists the latest reviews of the target against the profile, newest first, and
// before them the one that is to be tested again. Those against another profile ask other
// things, so that nothing of them could be taken over.
func reviewed(env *screen.Env, t *checks.Target, p *checks.Profile, again string) []earlier {
	list, err := sessions.List(env.Ctx, env.Store, env.Registry)
	if err != nil || p == nil {
		return nil // Home says what is wrong with the store
	}
	list = newest(list)
	slices.SortStableFunc(list, func(a, b sessions.Summary) int { return first(b.ID == again) - first(a.ID == again) })
	var out []earlier
	for _, s := range list {
		if s.Target != t.Name && s.ID != again || s.Profile != p.ID || s.Damaged != "" || len(out) == maxEarlier {
			continue
		}
		d := s.Decision
		if s.Declared != "" {
			d = s.Declared
		}
		words := s.Created.Local().Format("2 Jan") + ", " + d.Words()
		if d != sessions.Incomplete {
			words += " " + screen.Percent(s.Score, 1)
		}
		out = append(out, earlier{s.ID, words})
	}
	return out
}

func (s *setup) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case profilesRead:
		s.profiles, s.probErr = msg.rows, msg.err
		for i, r := range s.profiles {
			if r.name == s.wanted {
				s.profile = i
			}
		}
		return s.readTarget()
	case paused:
		if msg.request == s.asked {
			return s.readTarget()
		}
	case targetRead:
		if msg.request != s.asked {
			return nil
		}
		s.read, s.earlier = msg.reading, msg.earlier
		s.from = min(s.from, len(s.earlier))
		if i := slices.IndexFunc(s.earlier, func(e earlier) bool { return e.id == s.again }); i >= 0 {
			s.from = i + 1
		}
		if s.hidden(s.focus) {
			s.move(1)
		}
		if s.begin && s.profile < len(s.profiles) {
			s.begin = false
			return s.start()
		}
	case surveyed:
		return s.surveyed(msg)
	case drafted:
		return s.drafted(msg)
	case begun:
		s.creating = false
		if s.err = msg.err; msg.err == nil {
			m := msg.msg
			s.touched = false
			return tea.Batch(s.keep(), func() tea.Msg { return m })
		}
	}
	return nil
}

// start creates the session and hands it to the root.
func (s *setup) start() tea.Cmd {
	if why := s.missing(); why != "" {
		if s.assessor.Text() == "" {
			s.focus = assessorField
		}
		return screen.Tell(screen.Note, screen.NotNow(why))
	}
	s.creating = true
	name := clean.Line(strings.TrimSpace(s.assessor.Text())).String()
	unnamed := s.env.Config.Me.Name == ""
	s.env.Config.Me.Name = name
	env, target, profile := s.env, s.read.target, s.profiles[s.profile].profile
	from := ""
	if s.from > 0 {
		from = s.earlier[s.from-1].id
	}
	run, asks := s.classes(), s.asks()
	config := *s.env.Config
	return func() tea.Msg {
		if unnamed {
			if err := config.SaveName(name); err != nil {
				return begun{err: err}
			}
		}
		session, err := create(env, from, sessions.NewSession{
			Target: target, Profile: profile, Registry: env.Registry, Tool: env.Version, By: clean.Line(name),
		})
		if err == nil {
			err = env.Vouched.Vouch(session)
		}
		if err != nil {
			return begun{err: err}
		}
		review, err := screen.NewReview(env, session)
		if err != nil {
			return begun{err: err}
		}
		return begun{msg: screen.BegunMsg{Review: review, Run: run,
			Open: screen.OpenMsg{Name: screen.Walk, Args: screen.Args{Classes: asks}}}}
	}
}

// create makes the session, from an earlier one where that is wanted.
func create(env *screen.Env, from string, n sessions.NewSession) (*sessions.Session, error) {
	if from == "" {
		return sessions.Create(env.Ctx, env.Store, n)
	}
	old, err := sessions.View(env.Ctx, env.Store, env.Registry, from)
	if err != nil {
		return nil, err
	}
	s, err := sessions.Retest(env.Ctx, env.Store, old, n)
	return s, errors.Join(err, old.Close())
}

// loopback reports whether a URL's host is this machine.
func loopback(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
