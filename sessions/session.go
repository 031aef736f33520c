package sessions

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// MaxEvidence is the largest piece of evidence, in bytes.
const MaxEvidence = 8 << 20

// summaryEvery is how often a changing session renews what lists show of it.
const summaryEvery = time.Second

// Session is an open review. Its methods may be called from any goroutine; changes are
// made one after the other, each on disk before State shows it.
type Session struct {
	store Store
	id    string
	basis *basis
	lock  io.Closer // nil when read-only
	now   func() time.Time

	writing  sync.Mutex // held while something is recorded
	summed   time.Time  // when the summary was last renewed
	sharing  *sharing   // nil where nobody else can write
	unfollow context.CancelFunc

	mu       sync.RWMutex // guards what follows
	head     Head
	events   []Event
	state    *State
	unsaved  []Event
	waits    int
	readOnly string
	damage   *ChainError
	foreign  bool
	past     bool   // events after head are left out
	known    uint64 // see Known
}

// NewSession says what to review, against what, by whom. Selection narrows the plan, From
// is the session that this one re-tests, Tool the program with its version.
type NewSession struct {
	Target     *checks.Target
	Profile    *checks.Profile
	Registry   *checks.Registry
	Selection  checks.Selection
	From, Tool string
	By         clean.Text

	// begun makes what the session begins with after its first event; it may keep evidence.
	begun func(ctx context.Context, s *Session) ([]Payload, error)
}

// Longest parts of the first event, in bytes of JSON, so that its line stays under
// maxOpened.
const (
	maxOpened  = 800
	maxName    = 48
	maxVersion = 24
	maxWord    = 16
	maxProfile = 40
	maxActor   = 56
)

// Create begins a session: the target's and the profile's bytes as evidence, then the
// first event. An error of the plan comes before anything is written.
func Create(ctx context.Context, st Store, n NewSession) (*Session, error) {
	s := &Session{store: st, now: time.Now, foreign: n.Target.Stored}
	o := Opened{
		Format: Format, Target: clean.Line(bound(n.Target.Name, maxName)), Version: clean.Line(bound(n.Target.Version, maxVersion)),
		Environment: clean.Line(bound(n.Target.Environment, maxWord)), Profile: bound(n.Profile.ID, maxProfile), ProfileVer: n.Profile.Version,
		TargetSHA: shaOf(n.Target.Source), ProfileSHA: shaOf(n.Profile.Source), From: n.From, Tool: bound(n.Tool, maxVersion),
		Dir: n.Target.Dir, Categories: n.Selection.Categories, Items: n.Selection.Items,
	}
	if filepath.IsAbs(n.Target.Path) {
		o.File = filepath.Base(n.Target.Path)
	}
	if n.From != "" && !ValidID(n.From) {
		return nil, fmt.Errorf("%.80q is no session id", n.From)
	}
	var err error
	if s.basis, err = o.basis(n.Target.Source, n.Profile.Source, n.Registry, false); err != nil {
		return nil, err
	}
	// Two sessions of one second and one name differ in four characters; try again where
	// even those are equal.
	for try := 0; ; try++ {
		err = s.create(ctx, o, n)
		if try == 4 || !errors.Is(err, ErrExists) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	if s.lock, err = st.Lock(ctx, s.id); err != nil {
		return nil, err
	}
	s.state = s.basis.fold(s.events)
	s.state.Head = hex.EncodeToString(s.head.Hash[:])
	s.share()
	return s, s.summarise(ctx)
}

// create writes the evidence and the first line under a new id.
func (s *Session) create(ctx context.Context, o Opened, n NewSession) error {
	at := s.now().UTC().Truncate(time.Millisecond)
	s.id = NewID(at, n.Target.Name)
	o.Session = s.id
	s.basis.opened.Session = s.id
	first := Event{Seq: 1, At: at, By: clean.Line(bound(string(n.By), maxActor)), Data: o}
	line, err := EncodeEvent(first)
	if err != nil {
		return err
	}
	blobs := [][]byte{n.Target.Source, n.Profile.Source}
	if hexLen+1+len(line)+1 >= maxOpened {
		more, err := encodeJSON(overflow{Dir: o.Dir, File: o.File, Categories: o.Categories, Items: o.Items})
		if err != nil {
			return err
		}
		o.MoreSHA, o.Dir, o.File, o.Categories, o.Items = shaOf(more), "", "", nil, nil
		s.basis.opened.MoreSHA = o.MoreSHA
		first.Data, blobs = o, append(blobs, more)
		if line, err = EncodeEvent(first); err != nil {
			return err
		}
	}
	for _, b := range blobs {
		if err := s.store.PutBlob(ctx, s.id, sha256.Sum256(b), bytes.NewReader(b)); err != nil {
			return fmt.Errorf("keep what the session is opened with: %w", err)
		}
	}
	first.Data = s.basis.opened
	s.events = []Event{first}
	if n.begun == nil {
		s.head, err = s.store.Create(ctx, s.id, line)
		return err
	}
	return s.createWith(ctx, n, line)
}

func shaOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Open opens a saved session. It is read-only, with the reason in ReadOnly, when somebody
// else has it open, when its journal is damaged, or when a newer gonogo wrote it; what is
// whole of it can be seen all the same. A run that was cut off by the end of its process
// is recorded as interrupted.
func Open(ctx context.Context, st Store, reg *checks.Registry, id string) (*Session, error) {
	s := &Session{store: st, id: id, now: time.Now, foreign: true}
	lock, err := st.Lock(ctx, id)
	switch {
	case errors.Is(err, ErrReadOnly):
		s.readOnly = lockReason(err)
	case err != nil:
		return nil, err
	default:
		s.lock = lock
	}
	if err := s.load(ctx, reg); err != nil {
		return nil, errors.Join(fmt.Errorf("session %s: %w", id, err), s.unlock())
	}
	if s.readOnly != "" {
		return s, s.unlock()
	}
	s.share()
	if s.sharing != nil {
		if err := s.takeUnsent(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("session %s: %w", id, err), s.unlock())
		}
		if a, ok := lock.(interface{ Alone() bool }); !ok || !a.Alone() {
			return s, nil // a run that has not ended may be somebody else's
		}
	}
	return s, s.endRuns(ctx)
}

// View opens a saved session to look at it: it takes no lock and can't be changed.
func View(ctx context.Context, st Store, reg *checks.Registry, id string) (*Session, error) {
	s := &Session{store: st, id: id, now: time.Now, readOnly: "opened to look at", foreign: true}
	if err := s.load(ctx, reg); err != nil {
		return nil, fmt.Errorf("session %s: %w", id, err)
	}
	return s, nil
}

// lockReason is why a lock was refused, without the general words of ErrReadOnly.
func lockReason(err error) string {
	var damage *ChainError
	if errors.As(err, &damage) {
		return damage.Error()
	}
	var held interface{ Held() string }
	if errors.As(err, &held) {
		return held.Held()
	}
	return err.Error()
}

// load reads the journal and folds it.
func (s *Session) load(ctx context.Context, reg *checks.Registry) error {
	entries, damage, err := readEntries(ctx, s.store, s.id)
	if err != nil {
		return err
	}
	events, bad := decodeAll(entries)
	if bad != nil {
		damage = bad
	}
	if len(events) == 0 {
		if damage != nil {
			return damage
		}
		return errors.New("the journal is empty")
	}
	if s.damage = damage; damage != nil && !damage.Harmless() {
		s.readOnly = cmp.Or(s.readOnly, damage.Error())
	}
	fetch := func(sha string) ([]byte, error) { return s.blob(ctx, sha) }
	if s.basis, err = readBasis(events[0], fetch, reg); err != nil {
		return err
	}
	if f := s.basis.opened.Format; f > Format {
		s.readOnly = cmp.Or(s.readOnly, fmt.Sprintf("written by a newer gonogo (format %d, this one writes %d)", f, Format))
	}
	if o := s.basis.opened.Session; o != s.id {
		s.damage = cmp.Or(s.damage, &ChainError{Line: 1, Kind: DamagedRewritten, Why: fmt.Sprintf("it is the journal of session %.80s, in the folder of another", o)})
		s.readOnly = cmp.Or(s.readOnly, s.damage.Error())
	}
	last := entries[len(events)-1]
	s.head, s.events = Head{Seq: last.Seq, Hash: last.Hash}, events
	s.state = s.basis.fold(events)
	s.state.Head = hex.EncodeToString(last.Hash[:])
	return nil
}

// readEntries reads all good lines of a journal and checks that they are one chain.
func readEntries(ctx context.Context, st Store, id string) (entries []Entry, damage *ChainError, err error) {
	var prev [sha256.Size]byte
	for e, err := range st.Read(ctx, id, 0) {
		if errors.As(err, &damage) {
			return entries, damage, nil
		}
		if err != nil {
			return nil, nil, err
		}
		line := uint64(len(entries)) + 1
		if e.Seq != line || LineHash(prev, e.JSON) != e.Hash {
			return entries, &ChainError{Line: line, Kind: DamagedMiddle, Why: "it does not follow the line before it"}, nil
		}
		entries, prev = append(entries, e), e.Hash
	}
	return entries, nil, nil
}

// endRuns records the end of runs whose process ended before them.
func (s *Session) endRuns(ctx context.Context) error {
	var ends []Payload
	for _, r := range s.state.Runs {
		if r.Ended {
			continue
		}
		reached := false
		for _, i := range s.state.Items {
			m := i.Machine
			reached = reached || m != nil && m.Run == r.Run && m.Verdict.Decided() && m.Strength == checks.ObservedLive
		}
		ends = append(ends, RunEnded{Run: r.Run, Interrupted: true, Reached: reached})
	}
	if len(ends) == 0 {
		return nil
	}
	_, err := s.Record(ctx, "gonogo", ends...)
	return err
}

// ID is the session's id.
func (s *Session) ID() string { return s.id }

// State is the session as of the last recorded event. It never changes; a later event
// makes a new one.
func (s *Session) State() *State {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state
}

// Events are all events, in order.
func (s *Session) Events() []Event {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clip(s.events)
}

// Head names the last line of the journal.
func (s *Session) Head() Head {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.head
}

// ReadOnly says why nothing can be recorded, or is empty.
func (s *Session) ReadOnly() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.readOnly
}

// Damage is what was wrong with the journal when it was opened, or nil. It may be
// harmless: an unfinished line that was moved aside.
func (s *Session) Damage() *ChainError { return s.damage }

// Unsaved are events that could not be written; they are in memory only (CopyTo keeps
// them elsewhere).
func (s *Session) Unsaved() []Event {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clip(s.unsaved)
}

// Journal is the session's journal as its file holds it.
func (s *Session) Journal(ctx context.Context) ([]byte, error) {
	entries, damage, err := readEntries(ctx, s.store, s.id)
	switch {
	case err != nil:
		return nil, err
	case damage != nil && !damage.Harmless():
		return nil, damage
	}
	if s.past {
		entries = entries[:s.Head().Seq]
	}
	return EncodeJournal(entries), nil
}

// Close renews the summary and lets others write.
func (s *Session) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.closeShared()
	if s.lock != nil && s.ReadOnly() == "" && err == nil {
		err = s.summarise(context.Background())
	}
	s.freeze("closed")
	return errors.Join(err, s.unlock())
}

func (s *Session) unlock() error {
	if s.lock == nil {
		return nil
	}
	err := s.lock.Close()
	s.lock = nil
	return err
}

func (s *Session) freeze(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readOnly = cmp.Or(s.readOnly, why)
}

// summarise renews what lists show.
func (s *Session) summarise(ctx context.Context) error {
	s.summed = s.now()
	sum := Summarise(s.State())
	if s.damage != nil {
		sum.Damaged = s.damage.Error()
	}
	if s.sharing == nil {
		return s.store.PutSummary(ctx, sum)
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	_ = s.store.PutSummary(ctx, sum) // derived, and nothing to wait for: lists make it anew
	return nil
}
