package signing

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"assess/gonogo/checks/clean"
)

// The namespaces of the two kinds of signature. They never change: a signature made in one
// can't be replayed in the other.
const (
	NamespaceReport      = "gonogo.report.v1"
	NamespaceCountersign = "gonogo.countersign.v1"
)

// Contents are the parts of a report file that a session makes.
type Contents struct {
	Markdown []byte
	JSON     []byte
	Journal  []byte
	Evidence map[string][]byte // "<sha256>.<txt|json|xml|toml|png|bin>" → bytes
}

func (c Contents) container() Container {
	out := Container{partMarkdown: c.Markdown, partJSON: c.JSON, partJournal: c.Journal}
	for name, data := range c.Evidence {
		out["evidence/"+name] = data
	}
	return out
}

// Pack makes an unsigned container: the same parts and MANIFEST, with signer "-".
func Pack(c Contents, f Facts) []byte {
	out := c.container()
	f.Signer, f.SignedAt = "-", time.Time{}
	out[partManifest] = out.manifest(f)
	return out.Encode()
}

// Sign makes the signed report file. f.Signer names who signs, as the team's signers
// file knows them; f.SignedAt is a claim that the key's validity is checked against.
func Sign(c Contents, f Facts, signer ssh.Signer) ([]byte, error) {
	if err := checkName(f.Signer); err != nil {
		return nil, err
	}
	out := c.container()
	out[partManifest] = out.manifest(f)
	sig, err := signatureOver(out[partManifest], signer, NamespaceReport)
	if err != nil {
		return nil, err
	}
	out[partSignature] = sig
	return out.Encode(), nil
}

// checkName refuses what a signers file can't hold as a principal or a terminal can't show.
func checkName(name string) error {
	if name == "" || strings.ContainsAny(name, " \t\n,*?!\"") || string(clean.Line(name)) != name {
		return fmt.Errorf("%.80q can't be a signer's name: give a mail address or a word without blanks", name)
	}
	return nil
}

func signatureOver(data []byte, signer ssh.Signer, namespace string) ([]byte, error) {
	if _, cert := signer.PublicKey().(*ssh.Certificate); cert {
		return nil, errors.New("signing with a certificate is not supported: give the plain key")
	}
	sig, err := sshsig.Sign(bytes.NewReader(data), signer, sshsig.HashSHA512, namespace)
	if err != nil {
		return nil, fmt.Errorf("sign with %s: %w", ssh.FingerprintSHA256(signer.PublicKey()), err)
	}
	armored := sshsig.Armor(sig)
	again, err := readArmored(armored) // an agent may answer anything
	if err == nil {
		err = checkSignature(data, again, namespace)
	}
	if err != nil {
		return nil, fmt.Errorf("%s gave a signature nobody would accept: %w", ssh.FingerprintSHA256(signer.PublicKey()), err)
	}
	return armored, nil
}

// Statement is what a lead countersigns.
type Statement struct {
	Decision string // accept or return
	By       string
	At       time.Time
	Comment  string
}

// Countersign adds a lead's statement and its signature to a signed file. The assessor's own
// key or name is refused: four eyes are the point.
func Countersign(file []byte, s Statement, signer ssh.Signer) ([]byte, error) {
	if s.Decision != "accept" && s.Decision != "return" {
		return nil, fmt.Errorf("decision %q: say accept or return", s.Decision)
	}
	if err := checkName(s.By); err != nil {
		return nil, err
	}
	c, err := Decode(file)
	if err != nil {
		return nil, err
	}
	sig, err := readArmored(c[partSignature])
	if err != nil {
		return nil, fmt.Errorf("only a signed report can be countersigned: %w", err)
	}
	if err := checkSignature(c[partManifest], sig, NamespaceReport); err != nil {
		return nil, err
	}
	m, err := parseManifest(c[partManifest])
	if err != nil {
		return nil, err
	}
	n, previous, err := c.countersignable(m, sig.PublicKey, s.At)
	if err != nil {
		return nil, fmt.Errorf("nobody should put a name under it: %w", err)
	}
	if bytes.Equal(sig.PublicKey.Marshal(), signer.PublicKey().Marshal()) || strings.EqualFold(m.Signer, s.By) {
		return nil, errors.New("the assessor can't countersign: another person with another key must")
	}
	if n > 99 {
		return nil, errors.New("a report holds at most 99 countersignatures")
	}
	body := statementText(c, s, previous)
	if c[countersignName(n)+".sig"], err = signatureOver(body, signer, NamespaceCountersign); err != nil {
		return nil, err
	}
	c[countersignName(n)] = body
	return c.Encode(), nil
}

// countersignable checks the file and every countersignature in it, as far as that takes no
// signers file, and gives the next one's number and what it follows.
func (c Container) countersignable(m *Manifest, assessor ssh.PublicKey, at time.Time) (n int, previous string, err error) {
	if err := judgeTime(m, at); err != nil {
		return 0, "", err
	}
	var v Verification
	if err := v.contents(c, m, Options{}); err != nil {
		return 0, "", err
	}
	previous = "-"
	for n = 1; c[countersignName(n)] != nil || c[countersignName(n)+".sig"] != nil; n++ {
		if _, _, err := c.statement(n, previous, m, assessor); err != nil {
			return 0, "", fmt.Errorf("countersignature %d: %w", n, err)
		}
		previous = sum(c[countersignName(n)+".sig"])
	}
	if name := c.stray(n); name != "" {
		return 0, "", fmt.Errorf("%s follows no countersignature %d", name, n)
	}
	return n, previous, nil
}

func countersignName(n int) string { return "countersign-" + strconv.Itoa(n) + ".txt" }

func statementText(c Container, s Statement, previous string) []byte {
	lines := []string{
		"gonogo-countersign: v1",
		"manifest-sha256: " + sum(c[partManifest]),
		"signature-sha256: " + sum(c[partSignature]),
		"previous: " + previous,
		"decision: " + s.Decision,
		"by: " + oneLine(s.By),
		"at: " + s.At.UTC().Format(time.RFC3339),
		"comment: " + oneLine(string(clean.Line(s.Comment))),
	}
	return []byte(strings.Join(lines, "\n") + "\n")
}

var statementKeys = []string{"gonogo-countersign", "manifest-sha256", "signature-sha256", "previous", "decision", "by", "at", "comment"}

// parseStatement reads a countersignature's text strictly.
func parseStatement(data []byte) (map[string]string, error) {
	lines := strings.Split(string(data), "\n")
	if len(lines) != len(statementKeys)+1 || lines[len(statementKeys)] != "" {
		return nil, errors.New("not eight lines")
	}
	out := map[string]string{}
	for i, k := range statementKeys {
		v, ok := strings.CutPrefix(lines[i], k+":")
		if !ok {
			return nil, fmt.Errorf("line %d is not %q", i+1, k)
		}
		out[k] = strings.TrimPrefix(v, " ")
	}
	if out["gonogo-countersign"] != "v1" || (out["decision"] != "accept" && out["decision"] != "return") {
		return nil, errors.New("not a v1 statement that accepts or returns")
	}
	return out, nil
}
