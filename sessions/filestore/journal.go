package filestore

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"assess/gonogo/sessions"
)

// The checkpoint of a journal is renewed after so many events, and so long after the first
// event it does not cover.
const (
	headEvents = 20
	headEvery  = 5 * time.Second
)

// writer is the one writer of a session: it holds the lock and the journal's end.
type writer struct {
	store *Store
	id    string
	dir   tree
	lock  *os.File

	mu       sync.Mutex
	file     *file
	size     int64 // up to the last good line
	head     sessions.Head
	mark     uint64 // Seq of the checkpoint
	timer    *time.Timer
	frozen   error                // why nothing is written any more
	repaired *sessions.ChainError // an unfinished tail that was moved aside
	closed   bool
}

// Append writes lines in one piece and returns when they are durable. After a failed
// write or flush the session is frozen: what a second flush says can't be trusted.
func (s *Store) Append(ctx context.Context, id string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	if err := ctx.Err(); err != nil {
		return sessions.Head{}, err
	}
	w := s.writer(id)
	if w == nil {
		return sessions.Head{}, fmt.Errorf("%s is not locked for writing: %w", id, sessions.ErrReadOnly)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.frozen != nil {
		return w.head, w.frozen
	}
	if expect != w.head {
		return w.head, sessions.ErrConflict
	}
	if err := w.undisturbed(); err != nil {
		w.frozen = err
		return w.head, w.frozen
	}
	return w.append(lines)
}

// undisturbed reports what somebody who ignores the lock did: wrote to the journal, put
// another in its place or took it away. What is written to a file without a name is lost.
func (w *writer) undisturbed() error {
	info, err := w.file.Stat()
	if err != nil {
		return err
	}
	named, err := w.dir.Lstat(journalFile)
	if err == nil && info.Size() == w.size && os.SameFile(info, named) {
		return nil
	}
	return errors.Join(sessions.ErrConflict, err)
}

func (w *writer) append(lines [][]byte) (sessions.Head, error) {
	var b []byte
	next := w.head
	for _, line := range lines {
		b, next.Hash = sessions.AppendLine(b, next.Hash, line)
		next.Seq++
	}
	if n, err := w.file.Write(b); err != nil || n < len(b) {
		// Nothing of it was acknowledged: the file ends where it did before.
		w.frozen = errors.Join(fmt.Errorf("write the journal: %w", err), w.file.Truncate(w.size))
		return w.head, w.frozen
	}
	if err := w.file.sync(); err != nil {
		w.frozen = fmt.Errorf("flush the journal: %w", err)
		return w.head, w.frozen
	}
	w.head, w.size = next, w.size+int64(len(b))
	w.checkpoint()
	return w.head, nil
}

// checkpoint renews HEAD when it is due, or sees to it that it will be. HEAD only ever
// helps to notice a loss, so that a failure here loses nothing and the next one tries again.
func (w *writer) checkpoint() {
	switch {
	case w.head.Seq >= w.mark+headEvents:
		_ = w.writeHead()
	case w.timer == nil:
		w.timer = time.AfterFunc(headEvery, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			_ = w.writeHead()
		})
	}
}

func (w *writer) writeHead() error {
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
	if w.closed || w.frozen != nil || w.mark == w.head.Seq {
		return nil
	}
	text := fmt.Sprintf("%d %s\n", w.head.Seq, hex.EncodeToString(w.head.Hash[:]))
	if err := replace(w.dir, headFile, []byte(text)); err != nil {
		return fmt.Errorf("write the checkpoint: %w", err)
	}
	w.mark = w.head.Seq
	return nil
}

// Close writes the checkpoint and lets others write.
func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	err := w.writeHead()
	w.closed = true
	w.store.mu.Lock()
	delete(w.store.writers, w.id)
	w.store.mu.Unlock()
	return errors.Join(err, w.file.Close(), w.lock.Close(), w.dir.Close())
}

func (s *Store) writer(id string) *writer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writers[id]
}

// Read yields the good lines after a seq. Damage comes last, as a *sessions.ChainError:
// an unfinished tail, also one that was moved aside when this Store locked the session.
func (s *Store) Read(ctx context.Context, id string, after uint64) iter.Seq2[sessions.Entry, error] {
	return func(yield func(sessions.Entry, error) bool) {
		entries, damage, err := s.read(id)
		if err != nil {
			yield(sessions.Entry{}, err)
			return
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				yield(sessions.Entry{}, err)
				return
			}
			if e.Seq > after && !yield(e, nil) {
				return
			}
		}
		if w := s.writer(id); damage == nil && w != nil {
			damage = w.repaired
		}
		if damage != nil {
			yield(sessions.Entry{}, damage)
		}
	}
}

func (s *Store) read(id string) ([]sessions.Entry, *sessions.ChainError, error) {
	dir, err := s.dir(id)
	if err != nil {
		return nil, nil, err
	}
	defer dir.Close()
	entries, _, damage, err := readJournal(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%s: %w", id, sessions.ErrNotFound)
	}
	return entries, damage, err
}

// readJournal reads a journal and holds it against its checkpoint. tail is what follows
// the last good line.
func readJournal(dir tree) (entries []sessions.Entry, tail []byte, damage *sessions.ChainError, err error) {
	head := readHead(dir) // before the journal: a journal only grows
	f, err := openRegular(dir, journalFile)
	if err != nil {
		return nil, nil, nil, err
	}
	defer f.Close()
	entries, tail, damage = sessions.ReadJournal(f)
	if lost := missing(entries, head); lost != nil && (damage == nil || damage.Harmless()) {
		if damage != nil {
			lost.Offset = damage.Offset
			lost.Why += "; " + damage.Why
		}
		damage = lost
	}
	return entries, tail, damage, nil
}

// missing compares a journal with its checkpoint.
func missing(entries []sessions.Entry, head sessions.Head) *sessions.ChainError {
	have := uint64(len(entries))
	switch {
	case head.Seq == 0:
		return nil
	case head.Seq > have:
		return &sessions.ChainError{Line: have + 1, Kind: sessions.DamagedMissing,
			Why: fmt.Sprintf("events that were saved are gone: HEAD names %d, the journal has %d", head.Seq, have)}
	case entries[head.Seq-1].Hash != head.Hash:
		return &sessions.ChainError{Line: head.Seq, Kind: sessions.DamagedRewritten,
			Why: "it is not the line that HEAD names: the journal or HEAD was changed"}
	}
	return nil
}

// readHead reads the checkpoint; one that is missing or not readable says nothing.
func readHead(dir tree) sessions.Head {
	var h sessions.Head
	data, err := readLimited(dir, headFile, 200)
	if err != nil {
		return h
	}
	seq, hash, ok := strings.Cut(strings.TrimSuffix(string(data), "\n"), " ")
	n, err := strconv.ParseUint(seq, 10, 53)
	raw, hexErr := hex.DecodeString(hash)
	if !ok || err != nil || hexErr != nil || len(raw) != len(h.Hash) {
		return h
	}
	h.Seq = n
	copy(h.Hash[:], raw)
	return h
}

// lastHash is the hash of a journal's last whole line, read from its end.
func lastHash(f *os.File) (string, error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	for span := int64(4 << 10); ; span *= 8 {
		from := max(0, info.Size()-span)
		b := make([]byte, info.Size()-from)
		if _, err := f.ReadAt(b, from); err != nil {
			return "", err
		}
		end := bytes.LastIndexByte(b, '\n')
		if end < 0 && from > 0 {
			continue
		}
		start := bytes.LastIndexByte(b[:max(end, 0)], '\n') + 1
		if start == 0 && from > 0 {
			continue
		}
		if end-start < 64 {
			return "", errors.New("no whole line")
		}
		return string(b[start : start+64]), nil
	}
}
