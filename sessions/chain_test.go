package sessions

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"
)

// testJournal is a small journal of whole events.
func testJournal(t testing.TB) ([]byte, []Entry) {
	t.Helper()
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	var out []byte
	var prev [sha256.Size]byte
	var entries []Entry
	for _, e := range script(b, Noted{Item: "A-01", Text: "one"}, Noted{Item: "A-01", Text: "two"}, Marked{Items: []string{"A-02"}, On: true}) {
		line, err := EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		out, prev = AppendLine(out, prev, line)
		entries = append(entries, Entry{Seq: e.Seq, Hash: prev, JSON: line})
	}
	return out, entries
}

func TestChainIsTheDocumentedOne(t *testing.T) {
	got, _ := AppendLine(nil, [32]byte{}, []byte("{}"))
	sum := sha256.Sum256([]byte(strings.Repeat("0", 64) + "\n{}"))
	if want := hex.EncodeToString(sum[:]) + " {}\n"; string(got) != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestReadJournal(t *testing.T) {
	journal, want := testJournal(t)
	entries, tail, damage := ReadJournal(bytes.NewReader(journal))
	if damage != nil || len(tail) != 0 || len(entries) != len(want) {
		t.Fatalf("%d entries, tail %q, %v", len(entries), tail, damage)
	}
	for n := range entries {
		if entries[n].Seq != want[n].Seq || entries[n].Hash != want[n].Hash || !bytes.Equal(entries[n].JSON, want[n].JSON) {
			t.Errorf("entry %d: %+v", n, entries[n])
		}
	}
	if !bytes.Equal(EncodeJournal(entries), journal) {
		t.Error("written again it is another journal")
	}
}

// TestJournalCutAtEveryByte: whole events, and a tail exactly where there is one.
func TestJournalCutAtEveryByte(t *testing.T) {
	journal, all := testJournal(t)
	for cut := range len(journal) + 1 {
		entries, tail, damage := ReadJournal(bytes.NewReader(journal[:cut]))
		lines := bytes.Count(journal[:cut], []byte("\n"))
		if len(entries) != lines {
			t.Fatalf("cut at %d: %d entries of %d lines", cut, len(entries), lines)
		}
		for n, e := range entries {
			if e.Hash != all[n].Hash {
				t.Fatalf("cut at %d: entry %d is another", cut, n)
			}
		}
		whole := len(EncodeJournal(entries))
		if len(tail) != cut-whole {
			t.Fatalf("cut at %d: tail of %d bytes, want %d", cut, len(tail), cut-whole)
		}
		if (damage != nil) != (len(tail) > 0) {
			t.Fatalf("cut at %d: damage %v with a tail of %d", cut, damage, len(tail))
		}
		if damage != nil && (!damage.Harmless() || damage.Offset != int64(whole) || damage.Line != uint64(lines)+1) {
			t.Fatalf("cut at %d: %+v", cut, damage)
		}
	}
}

// TestJournalWithEveryBitFlipped: each flip is noticed, at the line it is in, and what
// comes before it is whole.
func TestJournalWithEveryBitFlipped(t *testing.T) {
	journal, all := testJournal(t)
	for at := range journal {
		line := bytes.Count(journal[:at], []byte("\n"))
		for bit := range 8 {
			bad := bytes.Clone(journal)
			bad[at] ^= 1 << bit
			entries, _, damage := ReadJournal(bytes.NewReader(bad))
			if damage == nil {
				t.Fatalf("byte %d, bit %d: not noticed", at, bit)
			}
			if len(entries) != line || damage.Line != uint64(line)+1 {
				t.Fatalf("byte %d, bit %d: %d entries, line %d named, want line %d", at, bit, len(entries), damage.Line, line+1)
			}
			for n, e := range entries {
				if e.Hash != all[n].Hash {
					t.Fatalf("byte %d, bit %d: entry %d is another", at, bit, n)
				}
			}
			last := line >= len(all)-2
			if !last && damage.Kind != DamagedMiddle {
				t.Fatalf("byte %d, bit %d: %s, though whole lines follow", at, bit, damage.Kind)
			}
		}
	}
}

func TestJournalTampering(t *testing.T) {
	journal, all := testJournal(t)
	lines := bytes.SplitAfter(journal, []byte("\n"))
	join := func(order ...int) []byte {
		var out []byte
		for _, n := range order {
			out = append(out, lines[n]...)
		}
		return out
	}
	forged, _ := AppendLine(nil, all[0].Hash, []byte(`{"x":1}`))
	for name, c := range map[string]struct {
		journal []byte
		line    uint64
		kind    Damage
	}{
		"two lines swapped":      {join(0, 2, 1, 3), 2, DamagedMiddle},
		"a line removed":         {join(0, 2, 3), 2, DamagedMiddle},
		"a line twice":           {join(0, 1, 1, 2, 3), 3, DamagedMiddle},
		"the first line removed": {join(1, 2, 3), 1, DamagedMiddle},
		"a line forged":          {append(append(join(0), forged...), join(2, 3)...), 3, DamagedMiddle},
		"NUL bytes at the end":   {append(bytes.Clone(journal), make([]byte, 4096)...), 5, DamagedTail},
		"half a line of NUL":     {append(bytes.Clone(journal), append(bytes.Clone(lines[1][:40]), make([]byte, 40)...)...), 5, DamagedTail},
		"CR LF":                  {bytes.ReplaceAll(journal, []byte("\n"), []byte("\r\n")), 1, DamagedMiddle},
		"capital hex":            {bytes.ToUpper(lines[0]), 1, DamagedTail},
	} {
		_, _, damage := ReadJournal(bytes.NewReader(c.journal))
		if damage == nil || damage.Line != c.line || damage.Kind != c.kind {
			t.Errorf("%s: %+v, want line %d, %s", name, damage, c.line, c.kind)
		}
	}
}

func TestReplayNamesTheLineThatDoesNotHold(t *testing.T) {
	_, entries := testJournal(t)
	entries[2].JSON = bytes.Replace(entries[2].JSON, []byte(`"text"`), []byte(`"Text"`), 1)
	_, damage := decodeAll(entries)
	if damage == nil || damage.Line != 3 || damage.Kind != DamagedContent || !strings.Contains(damage.Why, `"Text"`) {
		t.Errorf("%+v", damage)
	}
}

// goldenJournal holds one event of every type as format 1 writes it. Journals of released
// versions must open for ever: add to the file, never change it.
const goldenJournal = "testdata/journal-v1.jsonl"

func TestGoldenJournal(t *testing.T) {
	data, err := os.ReadFile(goldenJournal)
	if err != nil {
		t.Fatal(err)
	}
	entries, _, damage := ReadJournal(bytes.NewReader(data))
	if damage != nil {
		t.Fatal(damage)
	}
	events, damage := decodeAll(entries)
	if damage != nil {
		t.Fatal(damage)
	}
	seen := map[string]bool{}
	for _, e := range events {
		seen[e.Data.Type()] = true
	}
	for name := range payloads {
		if !seen[name] {
			t.Errorf("the golden journal has no %s: append one", name)
		}
	}
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	st := b.fold(events)
	if st.Seq != uint64(len(events)) || st.Unknown != 1 || st.Items["A-01"].Machine == nil {
		t.Errorf("%+v", st)
	}
}
