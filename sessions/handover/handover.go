// Package handover makes what leaves a session: the contents of a report file, its name,
// and the file itself. The command line and the reviewer share it, so that both hand over
// the same bytes.
//
// It imports checks, sessions, sessions/report and sessions/signing.
package handover

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
	"assess/gonogo/sessions/signing"
)

// Contents renders the session and collects what a report file of it holds. version is
// gonogo's, as documents print it.
func Contents(ctx context.Context, s *sessions.Session, version string) (signing.Contents, signing.Facts, error) {
	return SomeContents(ctx, s, version, func(string) bool { return true })
}

// SomeContents is Contents with only those bytes of evidence that held names by their
// SHA-256.
func SomeContents(ctx context.Context, s *sessions.Session, version string, held func(sha string) bool) (signing.Contents, signing.Facts, error) {
	if s.Past() {
		return signing.Contents{}, signing.Facts{}, errors.New("a report file holds a session as it is, not as it was")
	}
	st := s.State()
	doc := report.Build(st, sessions.Assess(st), nil, version)
	js, err := report.JSON(doc)
	if err != nil {
		return signing.Contents{}, signing.Facts{}, err
	}
	c, f, err := signing.CollectSome(ctx, s, st, report.Markdown(doc), js, held)
	f.Tool = "gonogo " + version
	return c, f, err
}

// FileName is what a report file is called unless somebody says otherwise:
// TARGET-DATE.gonogo.
func FileName(st *sessions.State) string { return Stem(st) + ".gonogo" }

// Stem is what the files of a session's report are called before their ending, signed or
// exported: TARGET-DATE, of the day of the session's last event in UTC.
func Stem(st *sessions.State) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, strings.ToLower(string(st.Opened.Target)))
	return strings.Trim(name, "-") + "-" + st.LastAt.UTC().Format(time.DateOnly)
}

// existError is a file that is there already.
type existError struct{ name string }

func (e existError) Error() string        { return e.name + " is there already" }
func (e existError) Is(target error) bool { return target == fs.ErrExist }

// Write puts data into a file that appears whole or not at all: through a temporary file
// in the same folder. A link is replaced, never followed. A file that is there
// already is fs.ErrExist, unless overwrite says that it may go.
func Write(name string, data []byte, overwrite bool) error {
	if _, err := os.Lstat(name); err == nil && !overwrite {
		return existError{name}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), ".gonogo-*")
	if err != nil {
		return NotWritten(name, err)
	}
	defer os.Remove(tmp.Name())
	// The rights are given through the file itself: whoever may write to the folder could put
	// a link to another file in the name's place.
	if err = tmp.Chmod(0o644); err == nil {
		_, err = tmp.Write(data)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = place(tmp.Name(), name, overwrite)
	}
	if errors.Is(err, fs.ErrExist) && !overwrite {
		return existError{name}
	}
	if err != nil {
		return NotWritten(name, err)
	}
	return nil
}

// NotWritten says that a file is not there and why, without the temporary file's name, which
// nobody gave.
func NotWritten(name string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("write %s: %w", name, err)
}

// link is os.Link, but for a test of file systems that have none.
var link = os.Link

// place gives a whole file its name. Unless overwrite, a file that came there meanwhile
// stays: a link is refused where there is one, a rename would replace it. Where the file
// system has no links the name is taken first, by an empty file.
func place(tmp, name string, overwrite bool) error {
	if overwrite {
		return os.Rename(tmp, name)
	}
	err := link(tmp, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	if err := os.Rename(tmp, name); err != nil {
		os.Remove(name)
		return err
	}
	return nil
}
