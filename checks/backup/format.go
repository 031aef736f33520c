package backup

import (
	"bytes"
	"regexp"
	"unicode/utf8"
)

// format is what a file begins as.
type format string

// The formats that are told apart by their first bytes.
const (
	custom  format = "PostgreSQL custom archive"
	sqlDump format = "SQL dump"
	gzipped format = "gzip"
	zstded  format = "zstd"
	bzipped format = "bzip2"
	xzed    format = "xz"
	tarball format = "tar"
	sqlite  format = "SQLite"
	redis   format = "Redis dump"
	zipped  format = "zip"
	sealed  format = "encrypted" // age, OpenPGP or openssl enc
	text    format = "text that is no dump"
	zeros   format = "nothing but zeros"
	unknown format = "of unknown format"
)

// magics are the beginnings that are beyond doubt.
var magics = []struct {
	begins string
	is     format
}{
	{"PGDMP", custom}, {"\x1f\x8b", gzipped}, {"\x28\xb5\x2f\xfd", zstded}, {"BZh", bzipped}, {"\xfd7zXZ\x00", xzed},
	{"SQLite format 3\x00", sqlite}, {"REDIS0", redis}, {"PK\x03\x04", zipped},
	{"age-encryption.org/v1", sealed}, {"-----BEGIN AGE ENCRYPTED FILE-----", sealed}, {"-----BEGIN PGP MESSAGE-----", sealed}, {"Salted__", sealed},
	{"-- PostgreSQL database ", sqlDump}, {"-- MySQL dump ", sqlDump}, {"-- MariaDB dump ", sqlDump}, {"/*M!999999\\- enable the sandbox mode */", sqlDump},
}

// openPGP matches the first packet of a binary OpenPGP message: an encrypted session key
// (tags 1 and 3, RFC 9580 section 4.2) of version 3 to 6 after a length of a plausible form.
var openPGP = regexp.MustCompile(`^(?s:[\x84\x8c].|[\x85\x8d]..|[\xc1\xc3].|[\xc1\xc3][\xc0-\xdf].)[\x03-\x06]`)

// sniff tells the format by the first bytes of a file.
func sniff(head []byte) format {
	plain := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "-\r\n ")
	if bytes.HasPrefix(plain, []byte("PostgreSQL database dump")) || bytes.HasPrefix(plain, []byte("PostgreSQL database cluster dump")) {
		return sqlDump
	}
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.begins)) {
			return m.is
		}
	}
	switch {
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return tarball
	case len(bytes.Trim(head, "\x00")) == 0:
		return zeros
	case isText(head):
		return text
	case openPGP.Match(latin(head)):
		return sealed
	}
	return unknown
}

// latin makes each byte a character of its own, so that a pattern can name bytes.
func latin(b []byte) []byte {
	var out []byte
	for _, c := range b[:min(len(b), 8)] {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// isText reports whether the bytes are text without control characters; one that is cut
// off at the end still is.
func isText(b []byte) bool {
	for i, r := range string(b) {
		if r == utf8.RuneError && i < len(b)-utf8.UTFMax || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return true
}

// trailers end a dump that was written to its end.
var trailers = [][]byte{[]byte("PostgreSQL database dump complete"), []byte("PostgreSQL database cluster dump complete"), []byte("-- Dump completed")}

// complete reports whether a dump's last bytes hold the line that ends it.
func complete(tail []byte) bool {
	for _, t := range trailers {
		if bytes.Contains(tail, t) {
			return true
		}
	}
	return false
}
