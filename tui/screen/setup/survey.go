package setup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/checks/source"
	"assess/gonogo/checks/survey"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/tui/screen"
)

// targetName is what a target file is called where nobody says otherwise.
const targetName = "target.toml"

// place is a repository or a running system without a target file: what is there to do is
// to look at it and draft one.
type place struct {
	folder  string
	address survey.Address
}

// what says what was named, and does what looking at it does.
func (p place) what() string {
	if p.folder != "" {
		return aRepository
	}
	return aSystem
}

func (p place) does() string {
	if p.folder != "" {
		return draftsFolder
	}
	return fmt.Sprintf(draftsAddress, p.address.Origin, survey.About, survey.MaxRequests)
}

// find tells what was typed: a target file, the one in a folder, or a place without one.
// It reads, so call it in a command.
func find(text string) (file string, look *place, err error) {
	if strings.Contains(text, "://") {
		at, err := survey.ParseAddress(text)
		if err != nil {
			return "", nil, fmt.Errorf("the URL: %w", err)
		}
		return "", &place{address: at}, nil
	}
	info, err := os.Stat(text)
	if err != nil || !info.IsDir() {
		return text, nil, nil // reading it says what is wrong
	}
	inside := filepath.Join(text, targetName)
	if _, err := os.Stat(inside); err == nil {
		return inside, nil, nil
	}
	return "", &place{folder: text}, nil
}

// into is where the draft is to lie, unless the person says otherwise: in the repository,
// or here.
func (p place) into() string {
	if p.folder != "" {
		return filepath.Join(p.folder, targetName)
	}
	if _, err := os.Lstat(targetName); err == nil {
		return strings.NewReplacer(":", "-", "[", "", "]", "").Replace(p.address.Host) + ".toml"
	}
	return targetName
}

// look looks at it. The error of a URL never repeats the URL.
func (p place) look(ctx context.Context, version string) (survey.Facts, error) {
	if p.folder == "" {
		return survey.Site(ctx, p.address, survey.SiteOptions{Version: version})
	}
	tree, err := source.Open(p.folder)
	if err != nil {
		return survey.Facts{}, err
	}
	defer tree.Close()
	return survey.Repository(ctx, tree), nil
}

// surveyed answers a request to look at a place; drafted one to save the draft.
type (
	surveyed struct {
		request uint64
		place   place
		facts   survey.Facts
		into    string
		err     error
	}
	drafted struct {
		file string
		err  error
	}
)

// survey looks at the place that was named.
func (s *setup) survey() tea.Cmd {
	if s.read.look == nil || s.surveying {
		return nil
	}
	s.asked++
	s.surveying, s.err = true, nil
	ctx, stop := context.WithCancel(s.env.Ctx)
	s.stop = stop
	p, request, version := *s.read.look, s.asked, s.env.Version
	return func() tea.Msg {
		defer stop()
		m := surveyed{request: request, place: p, into: p.into()}
		if m.facts, m.err = p.look(ctx, version); m.err == nil {
			m.err = ctx.Err()
		}
		return m
	}
}

// giveUp stops looking; what comes back after that is dropped.
func (s *setup) giveUp() {
	if s.surveying {
		s.asked++
		s.surveying = false
		s.stop()
	}
}

// surveyed shows what was found, and asks where the draft is to be saved.
func (s *setup) surveyed(m surveyed) tea.Cmd {
	if m.request != s.asked {
		return nil
	}
	s.surveying = false
	if m.err != nil {
		s.err = fmt.Errorf("%w; nothing was written; is it running, and is the address right?", m.err)
		if m.place.folder != "" {
			s.err = m.err
		}
		return nil
	}
	var profile *checks.Profile
	if s.profile < len(s.profiles) {
		profile = s.profiles[s.profile].profile
	}
	dir := s.env.ConfigDir
	var tidy []string
	for _, l := range m.facts.Summary() {
		tidy = append(tidy, screen.OneLine(l))
	}
	return screen.Ask(screen.NewPrompt(s.env, saveDraft, strings.Join(append(tidy, saveDraftAs), "\n"), saveWord, m.into, func(file string) tea.Cmd {
		return func() tea.Msg { return drafted{file, draft(file, m, profile, dir)} }
	}))
}

// draft writes the target file; one that is there already stays.
func draft(file string, m surveyed, profile *checks.Profile, configDir string) error {
	if profile == nil {
		var err error
		if profile, err = profiles.Load(profiles.Default, configDir); err != nil {
			return err
		}
	}
	o := survey.RenderOptions{File: filepath.ToSlash(file), Roles: survey.Roles(profile)}
	if m.place.folder != "" {
		at, err := filepath.Abs(m.place.folder)
		if err != nil {
			return err
		}
		from, err := filepath.Abs(filepath.Dir(file))
		if err != nil {
			return err
		}
		if o.Repository, err = filepath.Rel(from, at); err != nil {
			o.Repository = at
		}
		o.Repository = filepath.ToSlash(o.Repository)
	}
	text, err := survey.Render(m.facts, o)
	if err != nil {
		return err
	}
	if err := handover.Write(file, text, false); errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: it was left as it is; save the draft under another name", err)
	} else if err != nil {
		return err
	}
	return nil
}

// drafted goes on with the file that was written.
func (s *setup) drafted(m drafted) tea.Cmd {
	if s.err = m.err; m.err != nil {
		return nil
	}
	s.target.Set(m.file)
	s.touched = true
	return tea.Batch(s.readTarget(), screen.Tell(screen.Good, fmt.Sprintf(draftSaved, m.file)))
}
