package signing

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/sessions"
)

// Facts are the head lines of a MANIFEST: what the signature is about, readable without
// opening anything else.
type Facts struct {
	Session       string
	Target        string // name, version, environment
	Profile       string
	ProfileSHA256 string
	Decision      string
	Signer        string // "-" in an unsigned container
	SignedAt      time.Time
	JournalEvents uint64
	JournalHead   string
	Tool          string
}

const manifestFirst = "# gonogo-report: v1"

// Manifest is a parsed MANIFEST.
type Manifest struct {
	Facts
	Sums map[string]string // part → hex SHA-256
}

// heads lists the head lines in their order, with how each is written.
func (f Facts) heads() [][2]string {
	at := "-"
	if !f.SignedAt.IsZero() {
		at = f.SignedAt.UTC().Format(time.RFC3339)
	}
	return [][2]string{
		{"session", f.Session}, {"target", f.Target}, {"profile", f.Profile + " sha256:" + f.ProfileSHA256},
		{"decision", f.Decision}, {"signer", f.Signer}, {"signed-at", at},
		{"journal-events", strconv.FormatUint(f.JournalEvents, 10)}, {"journal-head", f.JournalHead}, {"tool", f.Tool},
	}
}

// covered are the parts a MANIFEST names: all but itself and what signs it.
func (c Container) covered() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c)), func(n string) bool { return !covered(n) })
}

// covered reports whether a part is one that a MANIFEST names.
func covered(name string) bool {
	return name != partManifest && name != partSignature && !strings.HasPrefix(name, "countersign-")
}

// manifest writes the MANIFEST of the parts: head lines, then what `sha256sum -c` reads.
func (c Container) manifest(f Facts) []byte {
	var b strings.Builder
	b.WriteString(manifestFirst + "\n")
	for _, h := range f.heads() {
		b.WriteString("# " + h[0] + ": " + oneLine(h[1]) + "\n")
	}
	for _, name := range c.covered() {
		b.WriteString(sum(c[name]) + "  " + name + "\n")
	}
	return []byte(b.String())
}

// oneLine keeps a value from becoming a line of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

var sumLine = regexp.MustCompile(`^([0-9a-f]{64})  (\S+)$`)

// parseManifest reads a MANIFEST strictly: the head lines in their order, then the sums
// sorted by name, each part once, nothing else.
func parseManifest(data []byte) (*Manifest, error) {
	bad := func(line int, what string) error { return fmt.Errorf("MANIFEST:%d: %s", line, what) }
	lines := strings.Split(string(data), "\n")
	if len(lines) < 2 || lines[len(lines)-1] != "" {
		return nil, errors.New("MANIFEST does not end in a line feed")
	}
	lines = lines[:len(lines)-1]
	if lines[0] != manifestFirst {
		return nil, bad(1, "not a gonogo-report v1 manifest")
	}
	names := Facts{}.heads()
	if len(lines) < 1+len(names) {
		return nil, bad(len(lines), "head lines are missing")
	}
	values := map[string]string{}
	for i, h := range names {
		v, ok := strings.CutPrefix(lines[1+i], "# "+h[0]+": ")
		if !ok {
			return nil, bad(2+i, "expected # "+h[0])
		}
		values[h[0]] = v
	}
	m := &Manifest{Sums: map[string]string{}}
	if err := m.read(values); err != nil {
		return nil, fmt.Errorf("MANIFEST: %w", err)
	}
	for i, h := range m.heads() {
		if h[1] != values[h[0]] || oneLine(h[1]) != h[1] {
			return nil, bad(2+i, "not written as gonogo writes it")
		}
	}
	last := ""
	for i, l := range lines[1+len(names):] {
		p := sumLine.FindStringSubmatch(l)
		if p == nil || !partName.MatchString(p[2]) || !covered(p[2]) || p[2] <= last {
			return nil, bad(2+len(names)+i, "not a sum line in order of names")
		}
		m.Sums[p[2]], last = p[1], p[2]
	}
	for _, name := range []string{partMarkdown, partJSON, partJournal} {
		if m.Sums[name] == "" {
			return nil, fmt.Errorf("MANIFEST: it does not cover %s", name)
		}
	}
	return m, nil
}

// covers lists the parts that the MANIFEST names.
func (m *Manifest) covers() []string { return slices.Sorted(maps.Keys(m.Sums)) }

func (m *Manifest) read(v map[string]string) error {
	profile, digest, ok := strings.Cut(v["profile"], " sha256:")
	if !ok {
		return errors.New("profile line has no sha256")
	}
	m.Facts = Facts{Session: v["session"], Target: v["target"], Profile: profile, ProfileSHA256: digest,
		Decision: v["decision"], Signer: v["signer"], JournalHead: v["journal-head"], Tool: v["tool"]}
	if !sessions.ValidID(m.Session) {
		return fmt.Errorf("%.80q is no session id", m.Session)
	}
	switch sessions.Decision(m.Decision) {
	case sessions.Go, sessions.ConditionalGo, sessions.NoGo, sessions.Incomplete:
	default:
		return fmt.Errorf("%.80q is no decision", m.Decision)
	}
	var err error
	if m.JournalEvents, err = strconv.ParseUint(v["journal-events"], 10, 53); err != nil {
		return fmt.Errorf("journal-events: %w", err)
	}
	if v["signed-at"] != "-" {
		if m.SignedAt, err = time.Parse(time.RFC3339, v["signed-at"]); err != nil {
			return fmt.Errorf("signed-at: %w", err)
		}
	}
	return nil
}
