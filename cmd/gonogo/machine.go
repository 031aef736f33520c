package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"golang.org/x/term"

	"assess/gonogo/checks/browser"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/themes"
	"assess/gonogo/tui"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/keys"
)

// found collects what a look at the machine shows.
type found []sessions.Diagnosis

func (f *found) say(state sessions.Health, part, do, format string, args ...any) {
	*f = append(*f, sessions.Diagnosis{State: state, Part: part, What: fmt.Sprintf(format, args...), Do: do})
}

// machine tells what this machine offers.
func (a *app) machine(ctx context.Context) []sessions.Diagnosis {
	f := &found{}
	f.say(sessions.Sound, "gonogo", "", "%s, %s/%s, %d kinds of checks, profiles %s", version, runtime.GOOS, runtime.GOARCH,
		len(kinds.Registry().Kinds()), strings.Join(profiles.Names(), " "))
	a.dataFolder(ctx, f)
	a.databaseOf(ctx, f)
	a.configuration(f)
	terminalOf(f)
	browserOf(f)
	f.say(sessions.Sound, "git", "", "not needed: repositories are read without it")
	signingOf(ctx, f)
	return *f
}

// dataFolder looks whether sessions can be kept, without making the folder.
func (a *app) dataFolder(ctx context.Context, f *found) {
	dir, err := a.dataDir()
	if err != nil {
		f.say(sessions.Wrong, "data", "give --home DIR", "%v", err)
		return
	}
	const elsewhere = "give yourself the right to write there, or another folder with --home DIR or $GONOGO_HOME"
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		parent := dir
		for ; errors.Is(err, fs.ErrNotExist) && parent != filepath.Dir(parent); _, err = os.Stat(parent) {
			parent = filepath.Dir(parent)
		}
		if err := writable(parent); err != nil {
			f.say(sessions.Wrong, "data", elsewhere, "%s is not there yet and can't be made: %v", dir, err)
			return
		}
		f.say(sessions.Sound, "data", "", "%s is not there yet: the first session makes it", dir)
		return
	}
	if err := writable(dir); err != nil {
		f.say(sessions.Wrong, "data", elsewhere, "%s: sessions can't be kept: %v", dir, err)
		return
	}
	st, err := filestore.Open(dir)
	if err != nil {
		f.say(sessions.Wrong, "data", "see gonogo help files", "%v", err)
		return
	}
	defer st.Close()
	if w := st.Warning(); w != "" {
		f.say(sessions.Worth, "data", "", "%s", w)
	}
	list, err := sessions.List(ctx, st, kinds.Registry())
	if err != nil {
		f.say(sessions.Wrong, "data", "", "%s: %v", dir, err)
		return
	}
	f.say(sessions.Sound, "data", "", "%s: %s, writable", dir, counted(len(list), "session", "sessions"))
	for _, s := range list {
		wrong := s.Damaged
		for _, err := range st.Read(ctx, s.ID, 0) {
			if err != nil {
				wrong = err.Error()
			}
		}
		if wrong != "" {
			f.say(sessions.Wrong, "data", "gonogo doctor "+s.ID+" tells more", "session %s: %s", s.ID, wrong)
		}
	}
}

// writable tries to make a file in a folder, and takes it away again.
func writable(dir string) error {
	tmp, err := os.CreateTemp(dir, "tmp-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(tmp.Close(), os.Remove(tmp.Name()))
}

// configuration reads everything of the configuration folder as the commands do.
func (a *app) configuration(f *found) {
	dir := configDir()
	if _, err := os.Stat(dir); err != nil {
		f.say(sessions.Sound, "config", "", "no folder %s: everything is as built in", dir)
		return
	}
	before := len(*f)
	_, warnings, err := config.Load(dir)
	for _, w := range warnings {
		f.say(sessions.Wrong, "config", "correct the key, or take it out", "%s", w)
	}
	if err != nil {
		f.say(sessions.Wrong, "config", "gonogo help files shows what it may hold", "%v", err)
	}
	if m, err := keys.Load(filepath.Join(dir, "keys.toml")); err != nil {
		f.say(sessions.Wrong, "keys", "gonogo help keys lists actions and keys", "%v", err)
	} else {
		for _, c := range m.Conflicts() {
			f.say(sessions.Wrong, "keys", "give one of them another key in keys.toml", "%s", c)
		}
	}
	for _, t := range themes.User(filepath.Join(dir, "themes")) {
		if _, err := themes.Load(t, filepath.Join(dir, "themes")); err != nil {
			f.say(sessions.Wrong, "themes", "gonogo themes lists the built-in ones; their tokens are those a theme may set", "%v", err)
		}
	}
	for _, p := range profiles.User(dir) {
		if _, err := profiles.Load(p, dir); err != nil {
			f.say(sessions.Wrong, "profiles", "gonogo profiles check FILE tells all its mistakes", "%v", err)
		}
	}
	if len(*f) == before {
		f.say(sessions.Sound, "config", "", "%s: sound", dir)
	}
}

// terminalOf tells what the terminal can show.
func terminalOf(f *found) {
	if !terminal() {
		f.say(sessions.Worth, "terminal", "gonogo run works without one", "none that can show the reviewer (a pipe, or TERM=%s)", os.Getenv("TERM"))
		return
	}
	colours := map[termenv.Profile]string{termenv.Ascii: "no colours", termenv.ANSI: "16 colours", termenv.ANSI256: "256 colours", termenv.TrueColor: "all colours"}
	signs := "UTF-8"
	if !tui.UTF8() {
		signs = "no UTF-8 in the locale, so signs are ASCII"
	}
	w, h, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		f.say(sessions.Wrong, "terminal", "use another terminal", "it does not say how large it is: %v", err)
		return
	}
	f.say(sessions.Sound, "terminal", "", "TERM=%s, %d×%d, %s, %s", os.Getenv("TERM"), w, h, colours[lipgloss.ColorProfile()], signs)
	if w < 80 || h < 24 {
		f.say(sessions.Worth, "terminal", "80×24 shows a list and its item side by side", "%d×%d is narrow: one pane at a time", w, h)
	}
	if os.Getenv("TMUX") != "" {
		f.say(sessions.Worth, "clipboard", "set -s set-clipboard on, in tmux.conf", "copying asks the terminal (OSC 52), which tmux hands on only where it is told to")
	} else {
		f.say(sessions.Sound, "clipboard", "", "copying asks the terminal (OSC 52), and the desktop's own tool where there is one")
	}
}

// browserOf names the kinds that can tell nothing without a browser.
func browserOf(f *found) {
	path, err := browser.Find()
	if err == nil {
		f.say(sessions.Sound, "browser", "", "%s", path)
		return
	}
	var ids []string
	for _, k := range browser.Kinds() {
		ids = append(ids, k.ID)
	}
	f.say(sessions.Worth, "browser", "inconclusive until there is one: "+strings.Join(ids, " "), "%v", err)
}

// signingOf lists the keys that a report can be signed with.
func signingOf(ctx context.Context, f *found) {
	home, _ := os.UserHomeDir()
	keysThere, err := signing.AvailableKeys(ctx, filepath.Join(home, ".ssh"))
	if err != nil {
		f.say(sessions.Worth, "signing", "start one, or give sign a --key FILE", "%v", err)
	}
	files, held := 0, 0
	for _, k := range keysThere {
		if k.FromAgent {
			held++
		} else {
			files++
		}
	}
	if files+held == 0 {
		f.say(sessions.Worth, "signing", "ssh-keygen -t ed25519 makes one; sign --key FILE takes one from elsewhere", "no SSH key in ~/.ssh and none in an ssh-agent")
	} else {
		f.say(sessions.Sound, "signing", "", "%s in ~/.ssh, %d in the ssh-agent", counted(files, "key", "keys"), held)
	}
	if _, err := exec.LookPath("ssh-keygen"); err != nil {
		f.say(sessions.Worth, "signing", "gonogo verify needs none", "no ssh-keygen: report files can't be verified with stock tools here")
	}
	path := filepath.Join(configDir(), "allowed_signers")
	switch _, err := signing.LoadSigners(path); {
	case err == nil:
		f.say(sessions.Sound, "signing", "", "signers file %s", path)
	case errors.Is(err, fs.ErrNotExist):
		f.say(sessions.Worth, "signing", "gonogo help signing tells how it is written; or verify --signers FILE", "no signers file: verify can't tell whose a key is")
	default:
		f.say(sessions.Wrong, "signing", "gonogo help signing tells how it is written", "%v", err)
	}
}
