package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"assess/gonogo/checks"
)

// EvidenceSchema names the JSON form of a file of the evidence format.
const EvidenceSchema = "gonogo.evidence.v1"

// CategoryEvidence is one category's file: what was judged, and the bytes behind it.
type CategoryEvidence struct {
	Schema   string         `json:"schema"`
	Tool     Tool           `json:"tool"`
	Session  Session        `json:"session"`
	Target   Target         `json:"target"`
	Profile  Profile        `json:"profile"`
	Category Category       `json:"category"`
	Items    []ItemEvidence `json:"items"`
}

// ItemEvidence is an item with the evidence's bytes beside their digests.
type ItemEvidence struct {
	Item
	Bodies []EvidenceBody `json:"bodies"`
}

// EvidenceBody is the bytes of one piece of evidence. State says what became of them:
// included, withheld, taken out (of the session) or missing (from this copy of it). The
// SHA-256 of the bytes, decoded, is SHA256.
type EvidenceBody struct {
	SHA256   string `json:"sha256"`
	State    string `json:"state"`
	Encoding string `json:"encoding"` // text, or base64 where a terminal would act on a character; empty without bytes
	Body     string `json:"body"`
}

// Sums is the file beside the categories' that sha256sum -c reads.
const Sums = "SHA256SUMS"

// EvidenceFiles renders a JSON file a category, CATEGORY.json, and their digests.
func EvidenceFiles(d *Document, bodies Bodies) ([]File, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	var out []File
	var sums strings.Builder
	for _, c := range d.Score.Categories {
		f, err := categoryEvidence(d, c, bodies)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(f.Data), f.Name)
	}
	return append(out, File{Name: Sums, Data: []byte(sums.String())}), nil
}

func categoryEvidence(d *Document, c Category, bodies Bodies) (File, error) {
	out := CategoryEvidence{Schema: EvidenceSchema, Tool: d.Tool, Session: d.Session, Target: d.Target, Profile: d.Profile, Category: c, Items: []ItemEvidence{}}
	for _, it := range d.Items {
		if it.Category != c.ID {
			continue
		}
		ie := ItemEvidence{Item: it, Bodies: []EvidenceBody{}}
		for _, e := range it.Evidence {
			b, err := evidenceBody(bodies, e)
			if err != nil {
				return File{}, err
			}
			ie.Bodies = append(ie.Bodies, b)
		}
		out.Items = append(out.Items, ie)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return File{}, fmt.Errorf("render the evidence of %s: %w", c.ID, err)
	}
	return File{Name: token(c.ID) + ".json", Data: b.Bytes()}, nil
}

// evidenceBody keeps the bytes as they are, so that their digest can be checked.
func evidenceBody(bodies Bodies, e checks.Evidence) (EvidenceBody, error) {
	data, state, err := body(bodies, e)
	b := EvidenceBody{SHA256: e.SHA256, State: state}
	switch {
	case err != nil || state != included:
	case harmless(data):
		b.Encoding, b.Body = "text", string(data)
	default:
		b.Encoding, b.Body = "base64", base64.StdEncoding.EncodeToString(data)
	}
	return b, err
}

// harmless reports whether the bytes are text that can be looked at as it is.
func harmless(data []byte) bool {
	return utf8.Valid(data) && !bytes.ContainsFunc(data, func(r rune) bool { return !unicode.IsPrint(r) && !strings.ContainsRune("\n\r\t", r) })
}
