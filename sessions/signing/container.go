// Package signing makes and checks the signed report file: a stored ZIP in one canonical
// byte layout that holds the report, the journal, the evidence, a MANIFEST naming the
// SHA-256 of each, and OpenSSH signatures (SSHSIG) over the MANIFEST.
//
// Stock tools verify it too: unzip, ssh-keygen -Y verify, sha256sum -c.
//
// It may import sessions and checks/clean. github.com/hiddeco/sshsig writes and reads the
// signature format, golang.org/x/crypto/ssh the keys.
package signing

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"regexp"
	"slices"
)

// Limits of a container, on the side that is read: a larger one is refused before
// anything of it is used.
const (
	maxPart  = 64 << 20
	maxAll   = 256 << 20
	maxParts = 5000
)

// The parts with fixed names.
const (
	partManifest  = "MANIFEST"
	partSignature = "MANIFEST.sig"
	partMarkdown  = "report.md"
	partJSON      = "report.json"
	partJournal   = "journal.jsonl"
)

var partName = regexp.MustCompile(`^(?:MANIFEST|MANIFEST\.sig|report\.md|report\.json|journal\.jsonl|evidence/[0-9a-f]{64}\.(?:txt|json|xml|toml|png|bin)|countersign-[1-9][0-9]?\.txt(?:\.sig)?)$`)

// Container is the parts of a report file by name.
type Container map[string][]byte

// ErrNotContainer says that a file is no report file, or was cut short.
var ErrNotContainer = errors.New("not a signed report, or cut short")

// dosDate is 1 January 1980, the zero of ZIP's calendar.
const dosDate = 0x21

// Encode lays the parts out: stored, sorted by name, no times, no extra fields, no comment.
// The same parts give the same bytes for ever, which archive/zip does not promise.
func (c Container) Encode() []byte {
	var body, directory bytes.Buffer
	names := slices.Sorted(maps.Keys(c))
	for _, name := range names {
		data := c[name]
		offset := body.Len()
		fields := []uint16{10, 0, 0, 0, dosDate} // version, flags, method, time, date
		put(&body, uint32(0x04034b50), fields, crc32.ChecksumIEEE(data), uint32(len(data)), uint32(len(data)), uint16(len(name)), uint16(0))
		body.WriteString(name)
		body.Write(data)
		put(&directory, uint32(0x02014b50), uint16(10), fields, crc32.ChecksumIEEE(data), uint32(len(data)), uint32(len(data)),
			uint16(len(name)), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), uint32(offset))
		directory.WriteString(name)
	}
	start := body.Len()
	body.Write(directory.Bytes())
	put(&body, uint32(0x06054b50), uint16(0), uint16(0), uint16(len(names)), uint16(len(names)), uint32(directory.Len()), uint32(start), uint16(0))
	return body.Bytes()
}

// put writes numbers little-endian. bytes.Buffer never fails.
func put(b *bytes.Buffer, numbers ...any) {
	for _, n := range numbers {
		_ = binary.Write(b, binary.LittleEndian, n)
	}
}

// Decode reads a container and refuses anything that Encode would not have written, byte
// for byte: that one comparison leaves no room for two readers to see different files.
func Decode(file []byte) (Container, error) {
	if len(file) > maxAll {
		return nil, fmt.Errorf("too large: %d bytes, at most %d are read", len(file), maxAll)
	}
	if err := bounded(file); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, ErrNotContainer
	}
	if len(z.File) > maxParts {
		return nil, fmt.Errorf("too large: more than %d parts", maxParts)
	}
	c := Container{}
	left := uint64(len(file)) // parts that lie over each other would be more than the file
	for _, f := range z.File {
		if f.UncompressedSize64 > left {
			return nil, errors.New("too large: its parts are larger than the file")
		}
		left -= f.UncompressedSize64
		if !partName.MatchString(f.Name) {
			return nil, fmt.Errorf("unexpected part %.80q", f.Name)
		}
		if _, twice := c[f.Name]; twice {
			return nil, fmt.Errorf("part %s is there twice", f.Name)
		}
		data, err := readPart(f)
		if err != nil {
			return nil, err
		}
		c[f.Name] = data
	}
	if !bytes.Equal(c.Encode(), file) {
		return nil, errOutside
	}
	return c, nil
}

// The last record of a ZIP file without a comment, and what is where in it.
const (
	endMark   = "PK\x05\x06"
	endLen    = 22
	endSize   = 12 // of the directory
	endOffset = 16 // of the directory
	// maxDirectory is the directory of the most and longest parts there may be.
	maxDirectory = maxParts * (46 + 96)
)

var errOutside = errors.New("container altered outside its parts")

// bounded looks at the last record alone: archive/zip reads a directory to its end, however
// many parts the record promises, and looks for the record where no signed report has it.
func bounded(file []byte) error {
	at := len(file) - endLen
	if i := bytes.LastIndex(file, []byte(endMark)); i < 0 {
		return ErrNotContainer
	} else if i != at {
		return errOutside
	}
	size := int(binary.LittleEndian.Uint32(file[at+endSize:]))
	if size > maxDirectory {
		return fmt.Errorf("too large: more than %d parts", maxParts)
	}
	if int(binary.LittleEndian.Uint32(file[at+endOffset:]))+size != at {
		return errOutside
	}
	return nil
}

func readPart(f *zip.File) ([]byte, error) {
	if f.Method != zip.Store || f.UncompressedSize64 > maxPart {
		return nil, fmt.Errorf("part %s is compressed or too large", f.Name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, ErrNotContainer
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxPart+1))
	if err != nil || len(data) > maxPart {
		return nil, ErrNotContainer
	}
	return data, nil
}
