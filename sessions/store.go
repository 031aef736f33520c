package sessions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"iter"
	"time"
)

// Head names the last line of a journal.
type Head struct {
	Seq  uint64
	Hash [sha256.Size]byte
}

// Entry is one stored journal line: the JSON bytes as they are. The caller checks the chain.
type Entry struct {
	Seq  uint64
	Hash [sha256.Size]byte
	JSON []byte
	Role string // the account that wrote it, where the store knows; no part of the chain
}

// ErrConflict says that somebody else appended first; ErrReadOnly that this opener may not
// write (a second writer, a signed file, a damaged journal); ErrNotFound that there is no
// such session or blob; ErrExists that an id is taken; ErrTooLarge that an event or a
// piece of evidence is beyond its limit; ErrRefused that an event makes no sense here;
// ErrTakenOut that somebody took the bytes of a piece of evidence out of the session.
var (
	ErrConflict = errors.New("somebody else wrote to this session first")
	ErrReadOnly = errors.New("the session is open read-only")
	ErrNotFound = errors.New("no such session")
	ErrExists   = errors.New("a session of this id is already there")
	ErrTooLarge = errors.New("too large to be recorded")
	ErrRefused  = errors.New("not recorded")
	ErrTakenOut = errors.New("taken out")
)

// Store keeps journals and evidence. Lines are `HASH SP JSON LF` with HASH the hex SHA-256
// over (previous hash in hex, LF, JSON); stores keep and return the JSON bytes unchanged.
type Store interface {
	Create(ctx context.Context, id string, first []byte) (Head, error)
	// Append is all or nothing and returns when durable. It needs the session's Lock.
	Append(ctx context.Context, id string, expect Head, lines ...[]byte) (Head, error)
	// Read yields the good lines after a seq; if the journal is damaged, a *ChainError last.
	Read(ctx context.Context, id string, after uint64) iter.Seq2[Entry, error]
	List(ctx context.Context) ([]Summary, error)
	// PutBlob may come before Create, so that a session never names bytes it does not have.
	PutBlob(ctx context.Context, id string, sum [sha256.Size]byte, r io.Reader) error
	GetBlob(ctx context.Context, id string, sum [sha256.Size]byte) (io.ReadCloser, error)
	// PutSummary keeps what lists show; it is derived and may be lost.
	PutSummary(ctx context.Context, s Summary) error
	// Lock claims the session for writing; the error names who holds it. Unlock by closing.
	Lock(ctx context.Context, id string) (io.Closer, error)
	// Drafts keep half-typed text; an empty text removes one.
	PutDraft(ctx context.Context, id, name, text string) error
	Drafts(ctx context.Context, id string) (map[string]string, error)
	Remove(ctx context.Context, id string) error // out of the lists: see AfterRemoval
	Close() error
}

// Importer is a Store that takes in a whole journal at once: whatever moment the process
// ends at, the session is there with all of its lines or not at all. ErrExists says that it
// is there already.
type Importer interface {
	Import(ctx context.Context, id string, lines ...[]byte) (Head, error)
}

// Import writes the whole journal of a session that is not there yet: where the store can,
// all at once; else its first line, then the others.
func Import(ctx context.Context, to Store, id string, lines ...[]byte) (err error) {
	if i, ok := to.(Importer); ok {
		_, err := i.Import(ctx, id, lines...)
		return err
	}
	head, err := to.Create(ctx, id, lines[0])
	if err != nil || len(lines) == 1 {
		return err
	}
	lock, err := to.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	_, err = to.Append(ctx, id, head, lines[1:]...)
	return err
}

// WholeImporter is an Importer that takes the evidence in with the lines: all of it or nothing.
type WholeImporter interface {
	ImportWhole(ctx context.Context, id string, evidence [][]byte, lines ...[]byte) (Head, error)
}

// ImportWhole is Import with the evidence that the lines name. Where the store can't take in
// both at once, the evidence comes first, so that no line names bytes that are not there.
func ImportWhole(ctx context.Context, to Store, id string, evidence [][]byte, lines ...[]byte) error {
	if i, ok := to.(WholeImporter); ok {
		_, err := i.ImportWhole(ctx, id, evidence, lines...)
		return err
	}
	for _, body := range evidence {
		if err := to.PutBlob(ctx, id, sha256.Sum256(body), bytes.NewReader(body)); err != nil {
			return err
		}
	}
	return Import(ctx, to, id, lines...)
}

// WholeAppender is a Store that adds lines together with the evidence that they name: all of
// it or nothing.
type WholeAppender interface {
	AppendWhole(ctx context.Context, id string, expect Head, evidence [][]byte, lines ...[]byte) (Head, error)
}

// AppendWhole is Append with the evidence that the lines name; it needs the session's Lock.
// Where the store can't add both at once, the evidence comes first: what ends between leaves
// bytes that no line names, never a line that names bytes that are not there.
func AppendWhole(ctx context.Context, to Store, id string, expect Head, evidence [][]byte, lines ...[]byte) (Head, error) {
	if a, ok := to.(WholeAppender); ok {
		return a.AppendWhole(ctx, id, expect, evidence, lines...)
	}
	for _, body := range evidence {
		if err := to.PutBlob(ctx, id, sha256.Sum256(body), bytes.NewReader(body)); err != nil {
			return expect, err
		}
	}
	return to.Append(ctx, id, expect, lines...)
}

// AfterRemoval says what becomes of a session that Remove took away, for people.
func AfterRemoval(st Store) string {
	if _, ok := st.(Shared); ok {
		return "it is out of everybody's lists; its rows stay in the database"
	}
	return "it is in the trash folder, and can be put back from there"
}

// BlobRemover is a Store that can take a piece of evidence's bytes away for good.
type BlobRemover interface {
	RemoveBlob(ctx context.Context, id string, sum [sha256.Size]byte) error
}

// Summary is a session as lists show it.
type Summary struct {
	ID          string     `json:"id"`
	Target      string     `json:"target"`
	Version     string     `json:"version"`
	Environment string     `json:"environment"`
	Profile     string     `json:"profile"`
	Decision    Decision   `json:"decision"`
	Declared    Decision   `json:"declared"`
	Score       float64    `json:"score"`
	Judged      int        `json:"judged"`
	Items       int        `json:"items"`
	State       string     `json:"state"`             // draft, submitted, accepted, returned
	From        string     `json:"from"`              // the session that this one tests again, or empty
	Baseline    time.Time  `json:"baseline,omitzero"` // when it was pinned as its target's baseline; zero: it is not
	Deadlines   []Deadline `json:"deadlines"`         // of conditions that are not met, soonest first
	Created     time.Time  `json:"created"`
	Touched     time.Time  `json:"touched"`
	Events      uint64     `json:"events"`
	Head        string     `json:"head"`
	Blockers    []string   `json:"blockers"`
	Questions   int        `json:"questions"`    // wait for the reviewer
	NeedConsent int        `json:"need_consent"` // wait for consent
	Damaged     string     `json:"damaged"`      // what is wrong with the journal, empty if nothing
	Stale       bool       `json:"-"`            // older than the journal; Refresh makes it anew
}
