package sessions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
)

// MaxJournal is the longest journal that is read, in bytes.
const MaxJournal = 256 << 20

// hexLen is the length of a line's hash as text.
const hexLen = 2 * sha256.Size

// ChainError says what is wrong with a journal: the first line that does not hold, and
// what kind of damage that is.
type ChainError struct {
	Line   uint64 // 1 for the first line of the journal
	Offset int64  // where that line starts, in bytes; also how much of the journal is good
	Kind   Damage
	Why    string
	Moved  string // the file that an unfinished tail was moved to
}

// Damage is a kind of damage to a journal.
type Damage string

// The kinds of damage. Only a tail is harmless: a line that was never acknowledged.
const (
	DamagedTail      Damage = "tail"      // junk after the last good line
	DamagedMiddle    Damage = "middle"    // a bad line with good-looking lines after it
	DamagedContent   Damage = "content"   // a line whose hash holds but whose JSON does not
	DamagedMissing   Damage = "missing"   // acknowledged events are gone
	DamagedRewritten Damage = "rewritten" // the journal is not the one its HEAD names
)

func (e *ChainError) Error() string {
	text := fmt.Sprintf("journal line %d: %s", e.Line, e.Why)
	if e.Moved != "" {
		text += "; moved to " + e.Moved
	}
	return text
}

// Harmless reports whether every acknowledged event is still there.
func (e *ChainError) Harmless() bool { return e.Kind == DamagedTail }

// LineHash is the hash of a line: SHA-256 over the previous line's hash in hex, a line
// feed, and the line's JSON. The first line's previous hash is all zeros.
func LineHash(prev [sha256.Size]byte, json []byte) [sha256.Size]byte {
	b := make([]byte, 0, hexLen+1+len(json))
	b = hex.AppendEncode(b, prev[:])
	b = append(b, '\n')
	return sha256.Sum256(append(b, json...))
}

// AppendLine adds the journal line of json to dst, `HASH SP JSON LF`, and returns its hash.
func AppendLine(dst []byte, prev [sha256.Size]byte, json []byte) ([]byte, [sha256.Size]byte) {
	sum := LineHash(prev, json)
	dst = hex.AppendEncode(dst, sum[:])
	dst = append(dst, ' ')
	dst = append(dst, json...)
	return append(dst, '\n'), sum
}

// EncodeJournal writes entries as the journal file they came from.
func EncodeJournal(entries []Entry) []byte {
	var b []byte
	var prev [sha256.Size]byte
	for _, e := range entries {
		b, prev = AppendLine(b, prev, e.JSON)
	}
	return b
}

// ReadJournal reads a journal and follows its chain from the first line. It returns every
// good line, the bytes from the first bad line on, and what is wrong with that line. A
// cut or changed journal never gives a line that was not written.
func ReadJournal(r io.Reader) (entries []Entry, tail []byte, damage *ChainError) {
	data, err := readBounded(r)
	if err == nil && len(data) > MaxJournal {
		err = fmt.Errorf("longer than %d bytes", MaxJournal)
	}
	if err != nil {
		return nil, nil, &ChainError{Line: 1, Kind: DamagedMiddle, Why: "can't be read: " + err.Error()}
	}
	var prev [sha256.Size]byte
	for pos := 0; pos < len(data); {
		end := bytes.IndexByte(data[pos:], '\n')
		entry, why := Entry{}, "it has no end"
		if end >= 0 {
			entry, why = readLine(data[pos:pos+end], prev)
		}
		if why != "" {
			return entries, data[pos:], brokenAt(uint64(len(entries))+1, int64(pos), data[pos:], why)
		}
		entry.Seq = uint64(len(entries)) + 1
		entries, prev = append(entries, entry), entry.Hash
		pos += end + 1
	}
	return entries, nil, nil
}

// readBounded reads at most a byte more than a journal may have. Of a file it knows the
// length before.
func readBounded(r io.Reader) ([]byte, error) {
	var b bytes.Buffer
	if f, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := f.Stat(); err == nil {
			b.Grow(int(min(max(info.Size(), 0), MaxJournal)) + bytes.MinRead)
		}
	}
	_, err := b.ReadFrom(io.LimitReader(r, MaxJournal+1))
	return b.Bytes(), err
}

// readLine checks one line without its line feed; why is empty when it holds.
func readLine(line []byte, prev [sha256.Size]byte) (e Entry, why string) {
	if !looksGood(line) {
		return e, "it is not a journal line"
	}
	e.JSON = line[hexLen+1:]
	e.Hash = LineHash(prev, e.JSON)
	if hex.EncodeToString(e.Hash[:]) != string(line[:hexLen]) {
		return e, "its hash does not fit the lines before it: changed, or a line is gone"
	}
	return e, ""
}

// brokenAt tells an unfinished tail from damage in the middle.
func brokenAt(line uint64, offset int64, rest []byte, why string) *ChainError {
	e := &ChainError{Line: line, Offset: offset, Kind: DamagedTail, Why: why}
	lines := bytes.Split(rest, []byte("\n"))
	for _, l := range lines[1:] {
		if resembles(l) {
			e.Kind = DamagedMiddle
			e.Why += "; lines after it look good"
			break
		}
	}
	return e
}

// resembles reports whether a line was a journal line once, whatever an editor or a
// transfer made of its ends and letters.
func resembles(line []byte) bool {
	return len(line) > hexLen+2 && line[hexLen] == ' ' && line[hexLen+1] == '{'
}

// looksGood reports whether a line has a journal line's form: 64 hex digits, a space, an
// object of at most MaxLine bytes.
func looksGood(line []byte) bool {
	if len(line) < hexLen+3 || len(line) > hexLen+1+MaxLine || line[hexLen] != ' ' {
		return false
	}
	for _, c := range line[:hexLen] {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return line[hexLen+1] == '{' && line[len(line)-1] == '}'
}
