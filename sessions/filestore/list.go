package filestore

import (
	"bufio"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"

	"assess/gonogo/sessions"
)

// maxSummary bounds summary.json, in bytes.
const maxSummary = 256 << 10

// PutSummary keeps what lists show of a session.
func (s *Store) PutSummary(ctx context.Context, sum sessions.Summary) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, err := s.dir(sum.ID)
	if err != nil {
		return err
	}
	defer dir.Close()
	data, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	if err := replace(dir, summaryFile, append(data, '\n')); err != nil {
		return readOnly(err)
	}
	return nil
}

// List lists the sessions, newest first. One whose summary is missing or older than its
// journal is Stale: it shows the old summary, or what the first event says.
func (s *Store) List(ctx context.Context) ([]sessions.Summary, error) {
	ids, err := entryNames(s.root, sessionsDir)
	if err != nil {
		return nil, err
	}
	out := []sessions.Summary{}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !sessions.ValidID(id) {
			continue
		}
		sum, err := s.summary(id)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, sessions.ErrNotFound) {
			continue // evidence of a session that was never begun, or one just removed
		}
		if err != nil {
			sum = sessions.Summary{ID: id, State: sessions.Draft, Decision: sessions.Incomplete, Blockers: []string{}, Damaged: err.Error(), Stale: true}
		}
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b sessions.Summary) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	return out, nil
}

// summary reads a session's summary and holds it against the journal's last line.
func (s *Store) summary(id string) (sessions.Summary, error) {
	dir, err := s.dir(id)
	if err != nil {
		return sessions.Summary{}, err
	}
	defer dir.Close()
	f, err := openRegular(dir, journalFile)
	if err != nil {
		return sessions.Summary{}, err
	}
	defer f.Close()
	last, err := lastHash(f)
	if err != nil {
		return sessions.Summary{}, fmt.Errorf("journal: %w", err)
	}
	var sum sessions.Summary
	data, err := readLimited(dir, summaryFile, maxSummary)
	if err == nil && json.Unmarshal(data, &sum) == nil && sum.ID == id {
		sum.Stale = sum.Head != last
		return sum, nil
	}
	return firstSummary(f, id, last)
}

// firstSummary makes do with the journal's first line.
func firstSummary(f *os.File, id, last string) (sessions.Summary, error) {
	r := bufio.NewReader(io.NewSectionReader(f, 0, sessions.MaxLine+100))
	line, err := r.ReadBytes('\n')
	if err != nil || len(line) < 66 {
		return sessions.Summary{}, errors.New("journal line 1: not whole")
	}
	first, err := sessions.DecodeEvent(line[65 : len(line)-1])
	if err != nil {
		return sessions.Summary{}, fmt.Errorf("journal line 1: %w", err)
	}
	var head sessions.Head
	if raw, err := hex.DecodeString(last); err == nil && len(raw) == len(head.Hash) {
		copy(head.Hash[:], raw)
	}
	sum, err := sessions.FirstSummary(first, head)
	sum.ID = id
	return sum, err
}

// Remove moves a session to the trash folder. One that is open somewhere is refused.
func (s *Store) Remove(ctx context.Context, id string) error {
	lock, err := s.Lock(ctx, id)
	var damage *sessions.ChainError
	switch {
	case errors.As(err, &damage): // a damaged session can be thrown away too
	case err != nil:
		return fmt.Errorf("remove %s: %w", id, err)
	default:
		if err := lock.Close(); err != nil {
			return fmt.Errorf("remove %s: %w", id, err)
		}
	}
	from, err := folder(id)
	if err != nil {
		return err
	}
	to := path.Join(trashDir, id)
	for n := 2; ; n++ {
		if _, err := s.root.Lstat(to); errors.Is(err, fs.ErrNotExist) {
			break
		}
		to = path.Join(trashDir, fmt.Sprintf("%s.%d", id, n))
	}
	if err := s.root.Rename(from, to); err != nil {
		return fmt.Errorf("remove %s: %w", id, err)
	}
	s.unsettle(from)
	// The new place first: a power cut in between may show the session twice, never not at all.
	return errors.Join(s.root.sync(trashDir), s.root.sync(sessionsDir))
}
