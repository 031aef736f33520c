package backup

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// TestJudge is the rule on facts.
func TestJudge(t *testing.T) {
	const usual = 10 << 20
	for name, c := range map[string]struct {
		change func(*facts)
		want   checks.Verdict
		says   string
	}{
		"well":                       {func(*facts) {}, checks.Pass, "restoring it was not tried"},
		"as old as allowed":          {func(f *facts) { f.Modified = now.Add(-26 * time.Hour) }, checks.Pass, ""},
		"older":                      {func(f *facts) { f.Modified = now.Add(-27 * time.Hour) }, checks.Warn, "27 h old"},
		"twice as old":               {func(f *facts) { f.Modified = now.Add(-52 * time.Hour) }, checks.Warn, ""},
		"much older":                 {func(f *facts) { f.Modified = now.Add(-53 * time.Hour) }, checks.Fail, "objective is 26 h"},
		"old by its name":            {func(f *facts) { f.Name = "app-2026-10-01.dump" }, checks.Fail, "50 days"},
		"young by its name":          {func(f *facts) { f.Name = "app-20261119T0300.dump" }, checks.Pass, ""},
		"from the time to come":      {func(f *facts) { f.Modified = now.Add(time.Hour) }, checks.Inconclusive, "lies ahead"},
		"a clock that is off":        {func(f *facts) { f.Modified = now.Add(time.Minute) }, checks.Pass, ""},
		"empty":                      {func(f *facts) { f.Size = 0 }, checks.Fail, "0 bytes"},
		"1023 bytes":                 {func(f *facts) { f.Size = 1023 }, checks.Fail, "too few"},
		"half as large":              {func(f *facts) { f.Size = usual / 2 }, checks.Pass, ""},
		"less than half":             {func(f *facts) { f.Size = usual/2 - 1 }, checks.Warn, "less than half"},
		"one small one before":       {func(f *facts) { f.Before = []int64{usual, 1, usual} }, checks.Pass, ""},
		"nothing before":             {func(f *facts) { f.Before = nil }, checks.Warn, "no earlier one"},
		"cut off":                    {func(f *facts) { f.Broken = os.ErrInvalid }, checks.Fail, "cut off"},
		"unreadable":                 {func(f *facts) { f.Unread = os.ErrPermission }, checks.Inconclusive, "can't be read"},
		"another checksum":           {func(f *facts) { f.Checksum = differs }, checks.Fail, "checksum"},
		"an unusable checksum":       {func(f *facts) { f.Checksum = unusable }, checks.Warn, "names no"},
		"zeros":                      {func(f *facts) { f.Format = zeros }, checks.Fail, "zeros"},
		"zeros, packed":              {func(f *facts) { f.Format, f.Inside, f.Kept = gzipped, zeros, true }, checks.Warn, "zeros"},
		"unknown":                    {func(f *facts) { f.Format, f.Kept = unknown, true }, checks.Warn, "not known"},
		"text":                       {func(f *facts) { f.Format, f.Kept = text, true }, checks.Warn, "text"},
		"too large":                  {func(f *facts) { f.Format, f.Inside, f.Kept, f.Whole = gzipped, sqlDump, true, false }, checks.Warn, "too large"},
		"not encrypted":              {func(f *facts) { f.Format = custom }, checks.Warn, "not encrypted"},
		"on an encrypted volume":     {func(f *facts) { f.Format, f.Kept = custom, true }, checks.Pass, ""},
		"no copy elsewhere":          {func(f *facts) { f.Offsite = false }, checks.Warn, "outside the host"},
		"damage outweighs the flaws": {func(f *facts) { f.Broken, f.Offsite = os.ErrInvalid, false }, checks.Fail, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := facts{Now: now, RPO: defaultRPO, Name: "app.dump.age", Size: usual, Modified: now.Add(-6 * time.Hour), Before: []int64{usual, usual, usual},
				Format: sealed, Whole: true, Checksum: noChecksum, Offsite: true}
			c.change(&f)
			if v, reason := judge(f); v != c.want || !strings.Contains(reason, c.says) {
				t.Errorf("%s %q, want %s … %q", v, reason, c.want, c.says)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	tar := make([]byte, 512)
	copy(tar[257:], "ustar\x0000")
	for head, want := range map[string]format{
		"PGDMP\x01\x0e": custom, "\x1f\x8b\x08": gzipped, "\x28\xb5\x2f\xfd\x04": zstded, "BZh91AY": bzipped, "\xfd7zXZ\x00\x00": xzed, string(tar): tarball,
		"SQLite format 3\x00": sqlite, "REDIS0011": redis, "PK\x03\x04": zipped, "age-encryption.org/v1\n": sealed, "Salted__\x01": sealed,
		"-----BEGIN PGP MESSAGE-----\n": sealed, "\x85\x01\x0c\x03\x01\x02": sealed, "\x8c\x0d\x04\x09\x03\x02": sealed, "\xc1\x4c\x03abc": sealed, "\xc1\xc0\x4c\x03\x01": sealed,
		"--\n-- PostgreSQL database dump\n--\n": sqlDump, "--\r\n-- PostgreSQL database cluster dump": sqlDump, "-- MySQL dump 10.13": sqlDump,
		"<html>502 Bad Gateway</html>": text, "Grüße": text, "": zeros, "\x00\x00\x00": zeros, "\x7fELF\x02\x01\x01\x00": unknown, "\x85\x01\x0c\x40\x01": unknown, "PGDM": text,
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("%.30q is %s, want %s", head, got, want)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("PGDMP"))
	f.Fuzz(func(t *testing.T, head []byte) {
		if sniff(head) == "" {
			t.Error("no format")
		}
		dayIn(string(head))
		expected(string(head), "x")
	})
}

func TestDayIn(t *testing.T) {
	for name, want := range map[string]string{
		"app-2026-10-01.dump": "2026-10-01", "app_20261001.sql.gz": "2026-10-01", "app-20261001030000.gz": "2026-10-01", "2026.10.01": "2026-10-01",
		"app-2025-01-01-2026-10-01.gz": "2026-10-01", "app.dump": "", "app-2026-13-01.gz": "", "120261001": "", "app-2026-1001.gz": "", "app-2026-02-31.gz": "", "v20.26.10": "",
	} {
		day, ok := dayIn(name)
		if got := day.Format(time.DateOnly); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s %t, want %q", name, got, ok, want)
		}
	}
}

func TestExpected(t *testing.T) {
	const sum = "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"
	for text, want := range map[string]bool{
		sum: true, sum + "  a.dump\n": true, sum + " *a.dump": true, sum + "  /var/backups/a.dump": true, "SHA256 (a.dump) = " + sum: true,
		sum + "  b.dump": false, "": false, sum[:63]: false, "x " + sum: false,
	} {
		got, ok := expected(text, "a.dump")
		if ok != want || ok && got != strings.ToLower(sum) {
			t.Errorf("%q: %q %t", text, got, ok)
		}
	}
}

const dump = "--\n-- PostgreSQL database dump\n--\n"
const dumpEnd = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict x\n"

// noise can't be packed, so that what is cut off really lacks something.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

func zip(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zst(t *testing.T, content []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(content, nil)
}

// TestEvidence runs the kind on real files.
func TestEvidence(t *testing.T) {
	whole := slicesOf(dump, strings.Repeat("INSERT INTO a VALUES (1);\n", 400), dumpEnd)
	open := slicesOf(dump, strings.Repeat("INSERT INTO a VALUES (1);\n", 400))
	packed := zip(t, slicesOf(dump, fmt.Sprintf("%x", noise(9000)), dumpEnd))
	archive := append([]byte("PGDMP\x01\x0f\x00"), noise(9000)...)
	tarred := make([]byte, 10240)
	copy(tarred[257:], "ustar\x0000")
	copy(tarred[512:], noise(512))
	for name, c := range map[string]struct {
		content []byte
		sum     string // what lies beside it
		want    checks.Verdict
		says    string
	}{
		"custom archive":          {archive, "", checks.Pass, "a backup file exists"},
		"plain dump":              {whole, "", checks.Pass, ""},
		"plain dump, cut off":     {open, "", checks.Fail, "cut off"},
		"packed dump":             {packed, "", checks.Pass, ""},
		"packed dump, cut off":    {packed[:len(packed)-500], "", checks.Fail, "cut off"},
		"packed, without its end": {packed[:len(packed)-4], "", checks.Fail, "cut off"},
		"packed, damaged":         {append(bytes.Clone(packed[:len(packed)-8]), 1, 2, 3, 4, 5, 6, 7, 8), "", checks.Fail, "cut off or damaged"},
		"whole file, half a dump": {zip(t, slicesOf(dump, fmt.Sprintf("%x", noise(9000)))), "", checks.Fail, "cut off"},
		"only the beginning":      {append([]byte("\x1f\x8b\x08\x00"), noise(4000)...), "", checks.Fail, "cut off or damaged"},
		"zstd":                    {zst(t, slicesOf(dump, fmt.Sprintf("%x", noise(9000)), dumpEnd)), "", checks.Pass, ""},
		"zstd, cut off":           {zst(t, slicesOf(dump, fmt.Sprintf("%x", noise(9000)), dumpEnd))[:3000], "", checks.Fail, "cut off"},
		"tar":                     {tarred, "", checks.Pass, ""},
		"tar, cut off":            {tarred[:1024], "", checks.Fail, "cut off"},
		"a page":                  {[]byte("<html>" + strings.Repeat("Access denied ", 200)), "", checks.Warn, "text without"},
		"a page, packed":          {zip(t, []byte("<html>"+fmt.Sprintf("%x", noise(3000)))), "", checks.Warn, "text without"},
		"nothing, packed":         {append(zip(t, nil), noise(0)...), "", checks.Fail, "too few"},
		"zeros":                   {make([]byte, 5000), "", checks.Fail, "zeros"},
		"its checksum":            {archive, fmt.Sprintf("%x  x.dump\n", sha256.Sum256(archive)), checks.Pass, ""},
		"another checksum":        {archive, fmt.Sprintf("%x  x.dump\n", sha256.Sum256(whole)), checks.Fail, "does not match"},
		"no checksum at all":      {archive, "to follow", checks.Warn, "names no SHA-256"},
		"empty":                   {nil, "", checks.Fail, "0 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"b/x.dump": string(c.content)}
			if c.sum != "" {
				files["b/x.dump.sha256"] = c.sum
			}
			out, seen := kindtest.Run(t, evidence, kindtest.Case{Files: files, Target: func(target *checks.Target) {
				target.Backup = checks.Backup{Files: checks.Strings{"b/*"}, Offsite: "bucket", Sealed: "LUKS"}
				older(t, target.Dir, len(c.content))
			}})
			if out.Verdict != c.want || !strings.Contains(string(out.Reason), c.says) {
				t.Errorf("%s %q, want %s … %q\n%s", out.Verdict, out.Reason, c.want, c.says, seen)
			}
			if strings.Contains(seen, "INSERT") {
				t.Errorf("the content shows: %s", seen)
			}
		})
	}
}

func slicesOf(parts ...string) []byte { return []byte(strings.Join(parts, "")) }

// older puts three earlier backups of the same size beside the newest.
func older(t *testing.T, dir string, size int) {
	t.Helper()
	for i := range 3 {
		at := filepath.Join(dir, "b", fmt.Sprintf("old%d.dump", i))
		if err := os.WriteFile(at, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		before := time.Now().Add(-time.Duration(i+1) * 24 * time.Hour)
		if err := os.Chtimes(at, before, before); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlaces is what the declaration names: nothing, folders that aren't here, links.
func TestPlaces(t *testing.T) {
	run := func(b checks.Backup, prepare func(dir string)) (checks.Outcome, string) {
		return kindtest.Run(t, evidence, kindtest.Case{Files: map[string]string{"b/readme.log": "x"}, Target: func(target *checks.Target) {
			if prepare != nil {
				prepare(target.Dir)
			}
			target.Backup = b
		}})
	}
	wants := func(want checks.Verdict, words string, o checks.Outcome) {
		t.Helper()
		if o.Verdict != want || !strings.Contains(string(o.Reason), words) {
			t.Errorf("%s %q, want %s … %q", o.Verdict, o.Reason, want, words)
		}
	}
	o, _ := run(checks.Backup{}, nil)
	wants(checks.Pending, "not declared", o)
	o, _ = run(checks.Backup{Managed: "the provider"}, nil)
	wants(checks.Pending, "a person must say", o)
	o, _ = run(checks.Backup{Files: checks.Strings{"b/*"}}, nil)
	wants(checks.Fail, "no backup file", o)
	o, _ = run(checks.Backup{Files: checks.Strings{"elsewhere/*"}}, nil)
	wants(checks.Inconclusive, "from this host", o)
	o, _ = run(checks.Backup{Files: checks.Strings{"*/x.dump"}}, nil)
	wants(checks.Fail, "no backup file", o)
	o, _ = run(checks.Backup{Files: checks.Strings{"["}}, nil)
	wants(checks.Inconclusive, "can't be listed", o)
	o, seen := run(checks.Backup{Files: checks.Strings{"b/latest"}, Offsite: "x", Sealed: "x"}, func(dir string) {
		old := filepath.Join(dir, "b", "old")
		if err := os.WriteFile(old, append([]byte("PGDMP"), noise(4000)...), 0o600); err != nil {
			t.Fatal(err)
		}
		before := time.Now().Add(-30 * 24 * time.Hour)
		if err := os.Chtimes(old, before, before); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("old", filepath.Join(dir, "b", "latest")); err != nil { // the link itself is new
			t.Fatal(err)
		}
	})
	wants(checks.Fail, "30 days", o)
	if !strings.Contains(seen, "b/latest") {
		t.Errorf("the file is not named: %s", seen)
	}
	o, _ = run(checks.Backup{Files: checks.Strings{"b"}}, nil) // a folder is no file
	wants(checks.Fail, "no backup file", o)
}

func TestRestore(t *testing.T) {
	full := checks.Restore{Date: "2026-10-01", Took: 40 * time.Minute, RTO: time.Hour, Checked: "row counts", By: "data team"}
	with := func(change func(*checks.Restore)) checks.Restore { d := full; change(&d); return d }
	for name, c := range map[string]struct {
		drill checks.Restore
		want  checks.Verdict
		says  string
	}{
		"complete":          {full, checks.Pass, "as stated"},
		"today":             {with(func(d *checks.Restore) { d.Date = "2026-11-20" }), checks.Pass, ""},
		"90 days":           {with(func(d *checks.Restore) { d.Date = "2026-08-22" }), checks.Pass, ""},
		"91 days":           {with(func(d *checks.Restore) { d.Date = "2026-08-21" }), checks.Warn, "91 days"},
		"180 days":          {with(func(d *checks.Restore) { d.Date = "2026-05-24" }), checks.Warn, ""},
		"181 days":          {with(func(d *checks.Restore) { d.Date = "2026-05-23" }), checks.Fail, "181 days"},
		"longer than meant": {with(func(d *checks.Restore) { d.Took = 2 * time.Hour }), checks.Fail, "the objective is 1h"},
		"as long as meant":  {with(func(d *checks.Restore) { d.Took = time.Hour }), checks.Pass, ""},
		"no time":           {with(func(d *checks.Restore) { d.Took = 0 }), checks.Warn, "without took"},
		"no objective":      {with(func(d *checks.Restore) { d.RTO = 0 }), checks.Warn, "rto"},
		"not compared":      {with(func(d *checks.Restore) { d.Checked = " " }), checks.Warn, "checked"},
		"nobody":            {with(func(d *checks.Restore) { d.By = "" }), checks.Warn, "by"},
		"ahead":             {with(func(d *checks.Restore) { d.Date = "2027-01-01" }), checks.Inconclusive, "lies ahead"},
		"no date":           {with(func(d *checks.Restore) { d.Date = "2026-31-31" }), checks.Inconclusive, "can't be read"},
		"nothing":           {checks.Restore{}, checks.Pending, "not declared"},
	} {
		t.Run(name, func(t *testing.T) {
			if v, reason := judgeRestore(c.drill, now); v != c.want || !strings.Contains(reason, c.says) {
				t.Errorf("%s %q, want %s … %q", v, reason, c.want, c.says)
			}
		})
	}
	drill := full
	drill.Date = time.Now().Add(-24 * time.Hour).Format(time.DateOnly)
	o, _ := kindtest.Run(t, restore, kindtest.Case{Target: func(target *checks.Target) { target.Backup.Restore = drill }})
	if o.Verdict != checks.Pass || o.Strength != checks.Stated {
		t.Errorf("%s, %s: %s", o.Verdict, o.Strength, o.Reason)
	}
}
