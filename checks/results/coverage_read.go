package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"time"
)

// lineCount counts lines of code that tests may reach.
type lineCount struct{ Covered, All int }

func (l lineCount) percent() float64 { return 100 * float64(l.Covered) / float64(l.All) }

// coverageFile is what a coverage file holds, of each source file.
type coverageFile struct {
	sources map[string]lineCount
	claims  float64 // the file's own rate in percent; NaN where it states none
}

// below counts the lines of the sources whose path holds a folder; "" is all.
func (c coverageFile) below(folder string) (l lineCount) {
	for file, n := range c.sources {
		if folder == "" || strings.Contains("/"+file+"/", "/"+strings.Trim(folder, "/")+"/") {
			l.Covered += n.Covered
			l.All += n.All
		}
	}
	return l
}

// maxLine is the longest line of a text format, in bytes.
const maxLine = 1 << 20

// readCoverage reads Cobertura XML, lcov or a Go cover profile, told apart by content.
func readCoverage(name string, src []byte) (coverageFile, origin, error) {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	head := bytes.TrimLeft(src, " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("<")), path.Ext(name) == ".xml":
		return readCobertura(src)
	case !bytes.HasSuffix(src, []byte("\n")) && len(src) > 0: // 12 hits cut short are 1 hit
		return coverageFile{}, origin{}, errors.New("cut off: its last line is not ended")
	case bytes.HasPrefix(head, []byte("mode:")):
		return readGoCover(src)
	}
	return readLcov(src)
}

// covered counts lines, each once however often it is reported.
type covered map[string]map[int]bool

func (c covered) hit(file string, line int, hits bool) {
	if c[file] == nil {
		c[file] = map[int]bool{}
	}
	c[file][line] = c[file][line] || hits
}

func (c covered) counts() map[string]lineCount {
	out := make(map[string]lineCount, len(c))
	for file, lines := range c {
		n := lineCount{All: len(lines)}
		for _, hit := range lines {
			if hit {
				n.Covered++
			}
		}
		out[file] = n
	}
	return out
}

func readCobertura(src []byte) (c coverageFile, from origin, err error) {
	c.claims = math.NaN()
	lines := covered{}
	err = walkXML(src, func(at []element) error {
		e := at[len(at)-1]
		switch {
		case len(at) == 1:
			if e.name != "coverage" {
				return fmt.Errorf("the root is %s, not coverage", e.name)
			}
			if rate, err := strconv.ParseFloat(e.attr["line-rate"], 64); err == nil {
				c.claims = 100 * rate
			}
			from.made = coberturaTime(e.attr["timestamp"])
			if v := e.attr["version"]; v != "" {
				from.tool = "Cobertura format, tool version " + v
			}
		case e.name == "line" && len(at) >= 3 && at[len(at)-2].name == "lines" && at[len(at)-3].name == "class":
			number, err1 := strconv.Atoi(e.attr["number"])
			hits, err2 := strconv.ParseUint(e.attr["hits"], 10, 64)
			if err := errors.Join(err1, err2); err != nil {
				return fmt.Errorf("a line without number or hits: %w", err)
			}
			lines.hit(at[len(at)-3].attr["filename"], number, hits > 0)
		}
		return nil
	}, func([]element, []byte) {}, func([]element) {})
	c.sources = lines.counts()
	return c, from, err
}

// coberturaTime reads the root's timestamp: seconds or milliseconds since 1970.
func coberturaTime(s string) time.Time {
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil || n <= 0 || n > 1e14:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(int64(n)).UTC()
	}
	return time.Unix(int64(n), 0).UTC()
}

func readLcov(src []byte) (c coverageFile, from origin, err error) {
	scan := bufio.NewScanner(bytes.NewReader(src))
	scan.Buffer(nil, maxLine)
	lines := covered{}
	file, open, records, found, hit := "", false, 0, 0, 0
	for scan.Scan() {
		key, value, _ := strings.Cut(strings.TrimSpace(scan.Text()), ":")
		switch key {
		case "SF":
			if open {
				return c, from, fmt.Errorf("the record of %q is not ended", file)
			}
			file, open = value, true
			records++
		case "end_of_record":
			open = false
		case "DA":
			number, hits, err := lcovLine(value)
			if err != nil || !open {
				return c, from, errors.New("a DA record without source, line or hits")
			}
			lines.hit(file, number, hits > 0)
		case "LF", "LH":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || n > math.MaxInt32 {
				return c, from, fmt.Errorf("%s is no count", key)
			}
			if key == "LF" {
				found += n
			} else {
				hit += n
			}
		}
	}
	c.claims = math.NaN()
	if found > 0 {
		c.claims = 100 * float64(hit) / float64(found)
	}
	c.sources = lines.counts()
	switch {
	case scan.Err() != nil:
		return c, from, scan.Err()
	case records == 0:
		return c, from, errors.New("no source file in it")
	case open:
		return c, from, fmt.Errorf("cut off: the record of %q is not ended", file)
	}
	return c, from, nil
}

// lcovLine reads LINE,HITS and maybe a checksum.
func lcovLine(value string) (number int, hits int64, err error) {
	fields := strings.Split(value, ",")
	if len(fields) < 2 {
		return 0, 0, errors.New("no hits")
	}
	number, err1 := strconv.Atoi(fields[0])
	hits, err2 := strconv.ParseInt(fields[1], 10, 64)
	return number, hits, errors.Join(err1, err2)
}

// maxStatements is the most statements one block of a Go profile may have.
const maxStatements = 1 << 20

// readGoCover reads a Go cover profile: FILE:LINE.COL,LINE.COL STATEMENTS COUNT. It counts
// statements, as `go tool cover` does; a block that several tests report counts once.
func readGoCover(src []byte) (c coverageFile, from origin, err error) {
	type block struct{ statements, count int }
	blocks := map[string]block{}
	scan := bufio.NewScanner(bytes.NewReader(src))
	scan.Buffer(nil, maxLine)
	for scan.Scan() {
		line := strings.TrimSpace(scan.Text())
		if line == "" || strings.HasPrefix(line, "mode:") {
			continue
		}
		at := strings.LastIndex(line, ":")
		fields := strings.Fields(line[at+1:])
		if at < 0 || len(fields) != 3 {
			return c, from, fmt.Errorf("%.80q is no block", line)
		}
		statements, err1 := strconv.ParseUint(fields[1], 10, 32)
		count, err2 := strconv.ParseUint(fields[2], 10, 62)
		if err := errors.Join(err1, err2); err != nil || statements > maxStatements {
			return c, from, fmt.Errorf("%.80q is no block", line)
		}
		id := line[:at+1] + fields[0]
		blocks[id] = block{int(statements), max(blocks[id].count, int(count))}
	}
	c = coverageFile{sources: map[string]lineCount{}, claims: math.NaN()}
	for id, b := range blocks {
		file := id[:strings.LastIndex(id, ":")]
		n := c.sources[file]
		n.All += b.statements
		if b.count > 0 {
			n.Covered += b.statements
		}
		c.sources[file] = n
	}
	return c, from, scan.Err()
}
