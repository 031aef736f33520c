package sessions

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Diagnosis is one thing that was looked at in a saved session: whether it is in order,
// what it is, and what to do about it.
type Diagnosis struct {
	State Health `json:"state"`
	Part  string `json:"part"` // journal, target, evidence, files, lock …
	What  string `json:"what"`
	Do    string `json:"do"` // empty where there is nothing to do
}

// Health says how a part of a session is.
type Health string

// The states of a part. A note is worth knowing and no damage.
const (
	Sound Health = "ok"
	Worth Health = "note"
	Wrong Health = "wrong"
)

// Files is what lies in a session's folder beside its journal.
type Files struct {
	Evidence  []string // SHA-256 of the pieces there are, as their names say
	Strange   []string // files that are none of gonogo's
	Moved     []string // ends of the journal that were moved aside
	Temporary []string // left by a process that died while it wrote
	Drafts    int
	Held      string // who has it open for writing, or empty
	ReadOnly  string // why nobody can write to it, or empty
}

// Inspector is a Store that can tell what lies in a session's folder without changing
// anything.
type Inspector interface {
	Inspect(ctx context.Context, id string) (Files, error)
}

// examiner collects what is found.
type examiner struct {
	st     Store
	id     string
	broken bool // events are lost or can't be read
	out    []Diagnosis
}

// Examine looks at everything of a saved session: the journal's chain, every event, every
// piece of evidence against the hash it is named by, what the session was opened with, and
// the files that lie beside. It changes nothing. The error says that it could not look.
func Examine(ctx context.Context, st Store, reg *checks.Registry, id string) ([]Diagnosis, error) {
	x := &examiner{st: st, id: id}
	events, err := x.journal(ctx)
	if err != nil {
		return nil, err
	}
	if len(events) > 0 {
		x.basis(ctx, events[0], reg)
	}
	named, redacted := evidenceOf(events), map[string]Event{}
	for _, e := range events {
		if d, ok := e.Data.(EvidenceRedacted); ok {
			redacted[d.SHA256] = e
		}
	}
	if err := x.evidence(ctx, events, named, redacted); err != nil {
		return nil, err
	}
	if i, ok := st.(Inspector); ok {
		files, err := i.Inspect(ctx, id)
		if err != nil {
			return nil, err
		}
		x.files(files, append(named, redactedIDs(redacted)...))
	}
	return x.out, nil
}

func redactedIDs(m map[string]Event) []string {
	var out []string
	for sha := range m {
		out = append(out, sha)
	}
	return out
}

func (x *examiner) say(h Health, part, do, format string, args ...any) {
	x.out = append(x.out, Diagnosis{State: h, Part: part, What: fmt.Sprintf(format, args...), Do: do})
}

const fromBackup = "bring the session back from a backup, or from a file that gonogo pack or gonogo sign wrote"

// journal follows the chain and decodes every event.
func (x *examiner) journal(ctx context.Context) ([]Event, error) {
	entries, damage, err := readEntries(ctx, x.st, x.id)
	if errors.Is(err, ErrNotFound) {
		x.broken = true
		x.say(Wrong, "journal", fromBackup, "there is no journal: what happened in this session is lost")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	events, bad := decodeAll(entries)
	if bad != nil {
		damage = bad
	}
	x.broken = len(events) == 0 || damage != nil && !damage.Harmless()
	switch {
	case damage == nil && len(events) == 0:
		x.say(Wrong, "journal", fromBackup, "the journal is empty")
	case damage == nil:
		x.say(Sound, "journal", "", "%d events, one whole chain to %x…", len(events), entries[len(entries)-1].Hash[:6])
	case damage.Harmless():
		x.say(Wrong, "journal", "nothing that was saved is lost: opening the session to write (gonogo resume) moves that end into a file of its own",
			"%s; the %d events before it are one whole chain", damage.Error(), len(events))
	default:
		x.say(Wrong, "journal", "the "+count(len(events), "event")+" before it can be looked at, and nothing is added any more; "+fromBackup, "%s", damage.Error())
	}
	newer := 0
	for _, e := range events {
		if _, ok := e.Data.(Unknown); ok {
			newer++
		}
	}
	if newer > 0 {
		x.say(Worth, "journal", "a newer gonogo shows what they say", "%s of a newer gonogo, kept as they are", count(newer, "event"))
	}
	return events, nil
}

// basis holds what the session was opened with to what its first event names.
func (x *examiner) basis(ctx context.Context, first Event, reg *checks.Registry) {
	fetch := func(sha string) ([]byte, error) { return x.blob(ctx, sha) }
	b, err := readBasis(first, fetch, reg)
	if err != nil {
		x.say(Wrong, "opening", fromBackup, "%s", clean.Line(err.Error()))
		return
	}
	x.say(Sound, "opening", "", "target %s and profile %s as the first event names them", clean.Line(b.target.Name), b.profile.ID)
	if b.opened.Session != x.id {
		x.say(Wrong, "opening", "move the folder back to the name it had", "it is the journal of session %.80s, in the folder of another", clean.Line(b.opened.Session))
	}
	if b.opened.Format > Format {
		x.say(Worth, "opening", "use that gonogo to change it", "written by a newer gonogo (format %d, this one writes %d): it opens read-only", b.opened.Format, Format)
	}
}

// evidence holds every piece that an event names to its hash.
func (x *examiner) evidence(ctx context.Context, events []Event, named []string, redacted map[string]Event) error {
	users := usersOf(events)
	whole := 0
	for _, sha := range named {
		if err := ctx.Err(); err != nil {
			return err
		}
		body, err := x.blob(ctx, sha)
		e, gone := redacted[sha]
		switch {
		case gone && errors.Is(err, ErrNotFound):
			d := e.Data.(EvidenceRedacted)
			x.say(Worth, "evidence", "", "%.12s… of %s was taken out by %s on %s: %s", sha, users(sha), e.By, e.At.UTC().Format("2006-01-02"), d.Reason)
		case gone:
			x.say(Wrong, "evidence", fmt.Sprintf("gonogo redact %s %.12s takes them out", x.id, sha), "%.12s… of %s was taken out, and its bytes are still here", sha, users(sha))
		case errors.Is(err, ErrNotFound):
			x.say(Wrong, "evidence", "what stands on it has no proof any more: run those checks again, or "+fromBackup, "%.12s… of %s is missing", sha, users(sha))
		case err != nil:
			x.say(Wrong, "evidence", "look at the disk and at the rights of the folder", "%.12s… of %s can't be read: %s", sha, users(sha), clean.Line(err.Error()))
		default:
			if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
				x.say(Wrong, "evidence", "what stands on it has no proof any more: run those checks again, or "+fromBackup, "%.12s… of %s has other bytes than its name says: it was changed", sha, users(sha))
				continue
			}
			whole++
		}
	}
	if len(named) == 0 {
		return nil
	}
	x.say(Sound, "evidence", "", "%s of %d with the bytes that the journal names", count(whole, "piece"), len(named))
	return nil
}

// usersOf tells what stands on a piece of evidence.
func usersOf(events []Event) func(sha string) string {
	users := map[string][]string{}
	add := func(sha, who string) {
		if sha != "" && !slices.Contains(users[sha], who) {
			users[sha] = append(users[sha], who)
		}
	}
	for _, e := range events {
		switch d := e.Data.(type) {
		case Opened:
			add(d.TargetSHA, "the target")
			add(d.ProfileSHA, "the profile")
			add(d.MoreSHA, "the opening")
		case Checked:
			for _, ev := range d.Evidence {
				add(ev.SHA256, d.Item)
			}
		case EvidenceAttached:
			add(d.Evidence.SHA256, strings.Join(d.Items, ", "))
		case FindingRecorded:
			for _, sha := range d.Finding.Evidence {
				add(sha, "finding "+d.Finding.ID)
			}
		}
	}
	return func(sha string) string { return string(clean.Line(firstOf(users[sha], 3))) }
}

// blob reads a piece of evidence as it is.
func (x *examiner) blob(ctx context.Context, sha string) ([]byte, error) {
	raw, err := hex.DecodeString(sha)
	if err != nil || len(raw) != sha256.Size {
		return nil, fmt.Errorf("%.80q is no SHA-256", sha)
	}
	r, err := x.st.GetBlob(ctx, x.id, [sha256.Size]byte(raw))
	if errors.Is(err, ErrNotFound) {
		return nil, missingEvidence(sha)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, MaxEvidence+1))
}

// files tells what else lies in the folder.
func (x *examiner) files(f Files, named []string) {
	known := map[string]bool{}
	for _, sha := range named {
		known[sha] = true
	}
	orphans := slices.DeleteFunc(slices.Clone(f.Evidence), func(sha string) bool { return known[sha] })
	slices.Sort(orphans)
	why := "left by a process that died between keeping it and recording it; it counts for nothing and harms nothing"
	if x.broken {
		why = "keep it: the events that can't be read may name it"
	}
	for _, of := range []struct {
		names    []string
		what, do string
	}{
		{orphans, "%s of evidence that no event names: %s", why},
		{f.Moved, "%s of the journal's end, moved aside when it was opened: %s", "keep it until you know what was being written then; nothing that was saved is in it"},
		{f.Temporary, "%s left half-written by a process that died: %s", "the next one who opens the session takes it away"},
		{f.Strange, "%s of files that are none of gonogo’s: %s", "somebody put it there; gonogo never reads it"},
	} {
		if len(of.names) > 0 {
			x.say(Worth, "files", of.do, of.what, count(len(of.names), "piece"), string(clean.Line(strings.Join(shortened(of.names), ", "))))
		}
	}
	if f.Drafts > 0 {
		x.say(Worth, "drafts", "gonogo resume "+x.id+" goes on with it", "%s kept of the last sitting: half-typed text, and where it was", count(f.Drafts, "piece"))
	}
	switch {
	case f.Held != "":
		x.say(Worth, "lock", "whoever opens it meanwhile can only look", "%s", clean.Line(f.Held))
	case f.ReadOnly != "":
		x.say(Worth, "lock", "give yourself the right to write there, or copy the session elsewhere", "%s: it opens read-only", clean.Line(f.ReadOnly))
	default:
		x.say(Sound, "lock", "", "nobody has it open")
	}
}

// shortened are the first few names, hashes cut.
func shortened(names []string) []string {
	var out []string
	for i, n := range names {
		if i == 3 {
			return append(out, fmt.Sprintf("%d more", len(names)-3))
		}
		if len(n) == hexLen {
			n = n[:12] + "…"
		}
		out = append(out, n)
	}
	return out
}
