package sessions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// CopyTo writes the whole session, its unsaved events too, into another store: the way
// out when the journal's own folder can't be written any more. Evidence that is missing
// or was taken out is left out.
func (s *Session) CopyTo(ctx context.Context, to Store) error {
	lines, err := s.savedLines(ctx)
	if err != nil {
		return err
	}
	for _, e := range s.Unsaved() {
		line, err := EncodeEvent(e)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	for _, sha := range evidenceOf(append(s.Events(), s.Unsaved()...)) {
		if err := s.copyBlob(ctx, to, sha); err != nil {
			return err
		}
	}
	return Import(ctx, to, s.id, lines...)
}

// savedLines are the lines up to the last that was saved. What follows it in the journal was
// written but not made durable, and is among the unsaved events; where the journal is another
// one by now, what this session read and wrote of it counts.
func (s *Session) savedLines(ctx context.Context) (lines [][]byte, err error) {
	head := s.Head()
	entries, _, err := readEntries(ctx, s.store, s.id)
	if n := uint64(len(entries)); err == nil && n >= head.Seq && entries[head.Seq-1].Hash == head.Hash {
		for _, e := range entries[:head.Seq] {
			lines = append(lines, e.JSON)
		}
		return lines, nil
	}
	var h Head
	for _, e := range s.Events()[:head.Seq] {
		line, err := EncodeEvent(e)
		if err != nil {
			return nil, err
		}
		lines, h = append(lines, line), Head{Seq: h.Seq + 1, Hash: LineHash(h.Hash, line)}
	}
	if h != head {
		return nil, errors.Join(&ChainError{Line: 1, Kind: DamagedRewritten, Why: "it is not the one this session was opened from, and can't be written anew"}, err)
	}
	return lines, nil
}

func (s *Session) copyBlob(ctx context.Context, to Store, sha string) error {
	body, err := s.Evidence(ctx, sha)
	if errors.Is(err, ErrTakenOut) || errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("copy evidence: %w", err)
	}
	sum, err := hex.DecodeString(sha)
	if err != nil {
		return err
	}
	return to.PutBlob(ctx, s.id, [sha256.Size]byte(sum), bytes.NewReader(body))
}

// FindEvidence is the hash of the one piece of the session's evidence that begins so. The
// error says that there is none, or lists those there are.
func (s *Session) FindEvidence(prefix string) (string, error) {
	prefix = strings.ToLower(prefix)
	var fits []string
	for _, sha := range evidenceOf(s.Events()) {
		if sha == prefix {
			return sha, nil
		}
		if strings.HasPrefix(sha, prefix) && prefix != "" {
			fits = append(fits, sha)
		}
	}
	switch len(fits) {
	case 0:
		return "", fmt.Errorf("session %s has no evidence %.80q", s.id, prefix)
	case 1:
		return fits[0], nil
	}
	slices.Sort(fits)
	return "", fmt.Errorf("%.80q is the start of %d pieces: %s", prefix, len(fits), firstOf(fits, 5))
}

// evidenceOf lists the evidence that events name, each once.
func evidenceOf(events []Event) []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(shas ...string) {
		for _, sha := range shas {
			if !seen[sha] {
				seen[sha] = true
				out = append(out, sha)
			}
		}
	}
	for _, e := range events {
		switch d := e.Data.(type) {
		case Opened:
			add(d.TargetSHA, d.ProfileSHA, d.MoreSHA)
		case Checked:
			for _, ev := range d.Evidence {
				add(ev.SHA256)
			}
		case EvidenceAttached:
			add(d.Evidence.SHA256)
		case FindingRecorded:
			add(d.Finding.Evidence...)
		}
	}
	return out
}
