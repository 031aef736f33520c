package sessions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/secrets"
)

// MaxAttached is how many bytes a file may have that a person brings as evidence.
const MaxAttached = 1 << 20

// EvidenceAttached is a piece of evidence that a person brought to items: a file, or a text
// that was pasted. Its bytes are kept redacted. Carried says that a re-test took it over
// from the session before; its time is still the one of then.
type EvidenceAttached struct {
	Items    []string        `json:"items"`
	Evidence checks.Evidence `json:"evidence"`
	Carried  bool            `json:"carried,omitempty"`
}

// carriedOver marks evidence that a re-test took over, wherever it is listed.
const carriedOver = " (carried over)"

// Type is the word in the journal.
func (EvidenceAttached) Type() string { return "evidence.attached" }

func (a EvidenceAttached) apply(st *State, e Event) {
	if a.Carried {
		a.Evidence.What += carriedOver
	}
	for _, id := range a.Items {
		i := st.Items[id]
		if i == nil || slices.ContainsFunc(i.Attached, func(x checks.Evidence) bool { return x.SHA256 == a.Evidence.SHA256 }) {
			continue
		}
		i.Attached = append(slices.Clip(i.Attached), a.Evidence)
	}
	st.assessed(e.By)
}

func (a EvidenceAttached) check(st *State) error {
	switch {
	case len(a.Items) == 0:
		return refuse("evidence without an item")
	case len(a.Evidence.SHA256) != hexLen:
		return refuse("%.80q is no SHA-256", a.Evidence.SHA256)
	case blank(a.Evidence.What):
		return refuse("evidence without a name")
	}
	return checkItems(st, a.Items)
}

// Evidence is all that shows what is known of the item: the machine's pieces, then what
// people brought.
func (i *ItemState) Evidence() []checks.Evidence {
	if i.Machine == nil {
		return i.Attached
	}
	return append(slices.Clip(i.Machine.Evidence), i.Attached...)
}

// ReadAttachment reads a file that somebody wants to keep as evidence: a regular file of at
// most MaxAttached bytes. A leading ~/ is the home folder.
func ReadAttachment(name string) ([]byte, error) {
	if rest, ok := strings.CutPrefix(name, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			name = filepath.Join(home, rest)
		}
	}
	// Not blocking: opening a pipe would wait for a writer that may never come.
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, cantAttach(name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, cantAttach(name, err)
	case info.IsDir():
		return nil, fmt.Errorf("can't attach %s: it is a folder; name a file in it", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("can't attach %s: it is no ordinary file", name)
	}
	body, err := io.ReadAll(io.LimitReader(f, MaxAttached+1)) // it may grow meanwhile
	if err != nil {
		return nil, cantAttach(name, err)
	}
	if len(body) > MaxAttached {
		return nil, fmt.Errorf("can't attach %s: over %d KiB; cut out the part that shows it", name, MaxAttached>>10)
	}
	return body, nil
}

// cantAttach says plainly why a file can't be read: its name once, and no system call.
func cantAttach(name string, err error) error {
	if path := new(fs.PathError); errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("can't attach %s: %w", name, err)
}

// Attachment makes the piece of evidence that is kept of what a person brought: only text,
// with every secret taken out. A picture or an archive is refused, because nobody can tell
// what secrets are in it.
func Attachment(what string, body []byte, at time.Time, r *secrets.Redactor) (checks.Evidence, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return checks.Evidence{}, errors.New("can't attach: it is empty")
	}
	if !utf8.Valid(body) || bytes.IndexByte(body, 0) >= 0 {
		return checks.Evidence{}, errors.New("can't attach: not UTF-8 text, so secrets in it could not be found; attach the part that shows it as text")
	}
	e := checks.Evidence{What: clean.Line(r.Text(what)), At: at.UTC(), Media: "txt", Strength: checks.Stated}
	e.Body = r.Redact(body)
	e.Bytes = int64(len(e.Body))
	return e, nil
}
