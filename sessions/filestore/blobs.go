package filestore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"assess/gonogo/sessions"
)

// Limits of what is kept beside a journal, in bytes.
const (
	maxBlob  = sessions.MaxEvidence
	maxDraft = 256 << 10
)

// blobPath is where a piece of evidence lies in its session's folder.
func blobPath(sum [sha256.Size]byte) string {
	name := hex.EncodeToString(sum[:])
	return path.Join(evidenceDir, name[:2], name)
}

// tmpName is a new name in a folder for a file that is being written.
func tmpName(dir string) string { return path.Join(dir, tmpPrefix+strings.ToLower(rand.Text()[:16])) }

// PutBlob keeps a piece of evidence under the hash of its bytes, once. Bytes of another
// hash, or more than sessions.MaxEvidence of them, are refused.
func (s *Store) PutBlob(ctx context.Context, id string, sum [sha256.Size]byte, r io.Reader) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, err := s.makeDir(id)
	if err != nil {
		return err
	}
	defer dir.Close()
	name := blobPath(sum)
	if _, err := dir.Lstat(name); err == nil {
		return dir.settle(name)
	}
	for _, d := range []string{evidenceDir, path.Dir(name)} {
		if err := mkdir(dir, d); err != nil {
			return err
		}
	}
	tmp := tmpName(path.Dir(name))
	if err := writeBlob(dir, tmp, sum, r); err != nil {
		return err
	}
	if err := dir.Rename(tmp, name); err != nil {
		return errors.Join(err, dir.Remove(tmp))
	}
	return dir.settle(name)
}

// writeBlob writes r to a new file, hashing what goes by.
func writeBlob(dir tree, tmp string, sum [sha256.Size]byte, r io.Reader) error {
	f, err := dir.create(tmp, 0o400)
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, hash), io.LimitReader(r, maxBlob+1))
	switch {
	case err != nil:
	case n > maxBlob:
		err = fmt.Errorf("evidence of more than %d bytes: %w", maxBlob, sessions.ErrTooLarge)
	case [sha256.Size]byte(hash.Sum(nil)) != sum:
		err = errors.New("the evidence has other bytes than its name says")
	default:
		err = f.sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, dir.Remove(tmp))
	}
	return nil
}

// GetBlob opens a piece of evidence; ErrNotFound says that its bytes are not here. The
// caller checks the hash of what it reads.
func (s *Store) GetBlob(ctx context.Context, id string, sum [sha256.Size]byte) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dir, err := s.dir(id)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	f, err := openRegular(dir, blobPath(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("evidence %x… is not here: %w", sum[:6], sessions.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// RemoveBlob takes a piece of evidence away for good.
func (s *Store) RemoveBlob(ctx context.Context, id string, sum [sha256.Size]byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, err := s.dir(id)
	if err != nil {
		return err
	}
	defer dir.Close()
	name := blobPath(sum)
	if err := dir.Remove(name); err != nil {
		return err
	}
	s.unsettle(path.Join(dir.at, name))
	return dir.sync(path.Dir(name))
}

// draft is a file of the drafts folder.
type draft struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// draftPath names a draft by a hash, as its own name may hold anything.
func draftPath(name string) string {
	sum := sha256.Sum256([]byte(name))
	return path.Join(draftsDir, hex.EncodeToString(sum[:16])+".json")
}

// PutDraft keeps half-typed text, at most 256 KiB; an empty text takes it away. It needs
// no lock: whoever is told that somebody else writes loses nothing either.
func (s *Store) PutDraft(ctx context.Context, id, name, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	dir, err := s.dir(id)
	if err != nil {
		return err
	}
	defer dir.Close()
	if text == "" {
		if err := dir.Remove(draftPath(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	data, err := json.Marshal(draft{name, text})
	if err != nil {
		return err
	}
	most := maxDraft
	if name == sessions.UnsentDraft {
		most = sessions.MaxUnsent
	}
	if len(data) > most {
		return fmt.Errorf("draft %.60q of %d bytes, at most %d are kept: %w", name, len(data), most, sessions.ErrTooLarge)
	}
	if err := mkdir(dir, draftsDir); err != nil {
		return err
	}
	return replace(dir, draftPath(name), data)
}

// Drafts returns every draft by its name. One that can't be read is left out: the others
// matter more.
func (s *Store) Drafts(ctx context.Context, id string) (map[string]string, error) {
	dir, err := s.dir(id)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	out := map[string]string{}
	names, err := entryNames(dir, draftsDir)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		var d draft
		data, err := readLimited(dir, path.Join(draftsDir, name), sessions.MaxUnsent)
		if err == nil && strings.HasSuffix(name, ".json") && json.Unmarshal(data, &d) == nil && d.Name != "" {
			out[d.Name] = d.Text
		}
	}
	return out, ctx.Err()
}
