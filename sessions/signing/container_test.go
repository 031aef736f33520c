package signing

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// zipOf lays parts out with archive/zip: what other tools make of the same parts.
func zipOf(t testing.TB, method uint16, comment string, names []string, parts Container) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(parts[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.SetComment(comment); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// overlapping is a container whose directory names one part's bytes n times over.
func overlapping(n, size int) []byte {
	one := Container{"report.md": make([]byte, size)}.Encode()
	end := len(one) - endLen
	local := 30 + len("report.md") + size
	entry := one[local:end]
	var b bytes.Buffer
	b.Write(one[:local])
	for i := range n {
		name := fmt.Sprintf("evidence/%064x.bin", i)
		e := bytes.Clone(entry[:46])
		binary.LittleEndian.PutUint16(e[28:], uint16(len(name)))
		b.Write(e)
		b.WriteString(name)
	}
	size = b.Len() - local
	put(&b, uint32(0x06054b50), uint16(0), uint16(0), uint16(n), uint16(n), uint32(size), uint32(local), uint16(0))
	return b.Bytes()
}

func TestContainersByOtherMeans(t *testing.T) {
	w := newWorld(t)
	c, err := Decode(w.counter)
	if err != nil {
		t.Fatal(err)
	}
	names := append(c.covered(), partManifest, partSignature, "countersign-1.txt", "countersign-1.txt.sig")
	with := func(name string, data []byte) []byte {
		return alter(t, w.counter, func(c Container) { c[name] = data })
	}
	many := Container{}
	for i := range maxParts + 1 {
		many[fmt.Sprintf("evidence/%064x.bin", i)] = nil
	}
	for _, tt := range []struct {
		name, want string
		file       []byte
	}{
		{"zipped again, stored", "altered outside its parts", zipOf(t, zip.Store, "", names, c)},
		{"zipped again, compressed", "compressed", zipOf(t, zip.Deflate, "", names, c)},
		{"with a comment", "altered outside its parts", zipOf(t, zip.Store, "GOOD signed by alice@example.com", names, c)},
		{"a part twice", "there twice", zipOf(t, zip.Store, "", append(names, partMarkdown), c)},
		{"a name in capitals", "unexpected part", with("REPORT.MD", nil)},
		{"a path upwards", "unexpected part", with("../report.md", nil)},
		{"a path from the root", "unexpected part", with("/report.md", nil)},
		{"a path with backslashes", "unexpected part", with(`evidence\x.txt`, nil)},
		{"a name with a zero", "unexpected part", with("report.md\x00.txt", nil)},
		{"a letter like another", "unexpected part", with("rep\u043ert.md", nil)},
		{"a composed letter", "unexpected part", with("report\u0301.md", nil)},
		{"a second manifest", "unexpected part", with("MANIFEST ", c[partManifest])},
		{"a folder", "unexpected part", with("evidence/", nil)},
		{"countersignature nought", "unexpected part", with("countersign-0.txt", nil)},
		{"countersignature 01", "unexpected part", with("countersign-01.txt", nil)},
		{"two files glued", "altered outside its parts", append(bytes.Clone(w.signed), w.counter...)},
		{"a program in front", "altered outside its parts", append([]byte("#!/bin/sh\nexit\n"), w.counter...)},
		{"bytes behind", "altered outside its parts", append(bytes.Clone(w.counter), 0)},
		{"more parts than are read", "too large: more than 5000 parts", many.Encode()},
		{"parts that lie over each other", "larger than the file", overlapping(4000, 1<<20)},
		{"a directory without an end", "too large", overlapping(20000, 1)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := Verify(tt.file, Options{Signers: w.signers, Now: today})
			if v.Good || !strings.Contains(string(v.Sentence), tt.want) {
				t.Errorf("said %q, want %q", v.Sentence, tt.want)
			}
			if _, _, err := NewStore(tt.file); err == nil {
				t.Error("it opens")
			}
		})
	}
}
