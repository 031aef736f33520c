// Package vouched remembers, for this machine alone, whose targets may be run from it: those
// that were read from a file somebody named here, and those that somebody agreed to. A
// session that came from elsewhere (unpacked, copied, in a shared store) carries a target
// that its author wrote; nothing in the session can be believed about where it came from,
// so the list is kept outside of it.
//
// It imports sessions and checks.
package vouched

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// List is the list of one data folder. A nil List knows no target.
type List struct{ file string }

// Open is the list in the data folder home. Nothing is read or written yet.
func Open(home string) *List { return &List{file: filepath.Join(home, "vouched")} }

// key names a target by its folder, which its relative paths are meant from, and its bytes.
func key(t *checks.Target) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s\n", len(t.Dir), t.Dir)
	h.Write(t.Source)
	return hex.EncodeToString(h.Sum(nil))
}

// Has reports whether somebody on this machine stands for the target.
func (l *List) Has(t *checks.Target) (bool, error) {
	if l == nil {
		return false, nil
	}
	f, err := os.Open(l.file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("which targets may be run from here: %w", err)
	}
	defer f.Close()
	want := key(t)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if lines.Text() == want {
			return true, nil
		}
	}
	return false, lines.Err()
}

// Add writes the target down. Adding twice changes nothing.
func (l *List) Add(t *checks.Target) error {
	if l == nil {
		return nil
	}
	if has, err := l.Has(t); has || err != nil {
		return err
	}
	err := os.MkdirAll(filepath.Dir(l.file), 0o700)
	var f *os.File
	if err == nil {
		f, err = os.OpenFile(l.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	}
	if err == nil {
		// A line break first: a line that was cut off spoils none but itself.
		_, err = f.WriteString("\n" + key(t) + "\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("write down that this target may be run from here: %w", err)
	}
	return nil
}

// Admit lets a session run where the list has its target.
func (l *List) Admit(s *sessions.Session) error {
	has, err := l.Has(s.State().Target)
	if has {
		s.Vouch()
	}
	return err
}

// Vouch writes a session's target down and lets it run.
func (l *List) Vouch(s *sessions.Session) error {
	s.Vouch()
	return l.Add(s.State().Target)
}
