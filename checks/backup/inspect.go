package backup

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"

	"assess/gonogo/checks"
)

const (
	headBytes   = 4 << 10
	tailBytes   = 4 << 10
	maxRead     = 4 << 30          // bytes of a file
	maxUnpacked = 32 << 30         // bytes of what is packed in it
	maxSums     = 64 << 10         // bytes of a checksum file
	readTime    = 60 * time.Second // for unpacking, and again for the checksum
	zstdMemory  = 256 << 20        // of the decoder's window
)

// inspect looks at the newest file: its beginning, its end, and all between where that is
// not too much.
func (f *facts) inspect(ctx context.Context, p *checks.Probe, d checks.DeclaredFile) {
	f.Checksum = noChecksum
	head, err := d.Head(headBytes)
	if err != nil {
		f.Unread = err
		return
	}
	f.Format = sniff(head)
	if f.Size < least {
		return
	}
	p.Progress("reading " + f.Name)
	timed, cancel := context.WithTimeout(ctx, readTime)
	f.readThrough(timed, d)
	cancel()
	if beside, ok := d.Beside(".sha256"); ok && f.Unread == nil {
		timed, cancel := context.WithTimeout(ctx, readTime)
		defer cancel()
		f.Checksum = verify(timed, d, beside)
	}
}

// readThrough unpacks what is packed and looks at its end; of what is not packed it looks
// at the end alone.
func (f *facts) readThrough(ctx context.Context, d checks.DeclaredFile) {
	open := map[format]func(io.Reader) (io.Reader, error){
		gzipped: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		bzipped: func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil },
		zstded: func(r io.Reader) (io.Reader, error) {
			z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(zstdMemory), zstd.WithDecoderMaxWindow(zstdMemory))
			if err != nil {
				return nil, err
			}
			return z.IOReadCloser(), nil
		},
	}[f.Format]
	tail, err := d.Tail(tailBytes)
	if err != nil {
		f.Unread = err
		return
	}
	if open == nil {
		f.Whole = true
		f.Broken = cutOff(f.Format, tail)
		return
	}
	file, err := d.Open()
	if err != nil {
		f.Unread = err
		return
	}
	defer file.Close()
	source := &bounded{ctx: ctx, r: file, left: maxRead}
	unpacked, err := open(source)
	if err != nil {
		f.Broken = err
		return
	}
	if closer, ok := unpacked.(io.Closer); ok {
		defer closer.Close()
	}
	ends := &ends{}
	_, err = io.Copy(ends, &bounded{ctx: ctx, r: unpacked, left: maxUnpacked})
	f.Inside = sniff(ends.head)
	switch {
	case errors.Is(err, errEnough) || source.ended:
		return // too much to be read to its end: nothing is known of that
	case err != nil:
		f.Broken = err
	case ends.all == 0:
		f.Broken = errors.New("nothing is packed in it")
	default:
		f.Whole, f.Broken = true, cutOff(f.Inside, ends.tail)
	}
}

// cutOff tells by its last bytes that a file was not written to its end, for the formats
// that show it.
func cutOff(is format, tail []byte) error {
	switch is {
	case sqlDump:
		if !complete(tail) {
			return errors.New("the dump has no line that ends it")
		}
	case tarball:
		if end := tail[max(0, len(tail)-1024):]; len(end) < 1024 || len(bytes.Trim(end, "\x00")) > 0 {
			return errors.New("the archive has no end mark")
		}
	case xzed:
		if !bytes.HasSuffix(bytes.TrimRight(tail, "\x00"), []byte("YZ")) { // footer magic of the xz format, after padding
			return errors.New("the last block has no footer")
		}
	case zipped:
		if !bytes.Contains(tail, []byte("PK\x05\x06")) {
			return errors.New("the archive has no directory")
		}
	}
	return nil
}

// errEnough ends the reading of what is too much.
var errEnough = errors.New("enough is read")

// bounded reads until its bytes are used up or its time has passed.
type bounded struct {
	ctx   context.Context
	r     io.Reader
	left  int64
	ended bool
}

func (b *bounded) Read(into []byte) (int, error) {
	if b.left <= 0 || b.ctx.Err() != nil {
		b.ended = true
		return 0, errEnough
	}
	n, err := b.r.Read(into[:min(int64(len(into)), b.left)])
	b.left -= int64(n)
	return n, err
}

// ends keeps the first and the last bytes of a stream.
type ends struct {
	head, tail []byte
	all        int64
}

func (e *ends) Write(b []byte) (int, error) {
	e.all += int64(len(b))
	if room := headBytes - len(e.head); room > 0 {
		e.head = append(e.head, b[:min(room, len(b))]...)
	}
	e.tail = append(e.tail, b[max(0, len(b)-tailBytes):]...)
	if over := len(e.tail) - tailBytes; over > 0 {
		e.tail = append(e.tail[:0], e.tail[over:]...)
	}
	return len(b), nil
}

// sumLine matches a line of sha256sum: the digest alone, with a name, or in BSD's form.
var sumLine = regexp.MustCompile(`(?i)^\\?([0-9a-f]{64})(?:\s+\*?(.+))?$|^SHA2?-?256 ?\((.+)\) ?= ?([0-9a-f]{64})$`)

// expected finds a file's digest in the text of a checksum file.
func expected(sums, name string) (digest string, ok bool) {
	for line := range strings.Lines(sums) {
		m := sumLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		named := path.Base(strings.TrimSpace(m[2] + m[3]))
		if m[2]+m[3] == "" || named == name {
			return strings.ToLower(m[1] + m[4]), true
		}
	}
	return "", false
}

// verify compares a file with the checksum beside it.
func verify(ctx context.Context, d, beside checks.DeclaredFile) checksum {
	sums, err := beside.Read(maxSums)
	if err != nil {
		return unusable
	}
	want, ok := expected(string(sums), path.Base(d.Name))
	if !ok {
		return unusable
	}
	got, err := digest(ctx, d)
	switch {
	case err != nil:
		return unchecked
	case got != want:
		return differs
	}
	return matches
}

func digest(ctx context.Context, d checks.DeclaredFile) (string, error) {
	file, err := d.Open()
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, &bounded{ctx: ctx, r: file, left: maxRead}); err != nil {
		return "", fmt.Errorf("%s: %w", d.Name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
