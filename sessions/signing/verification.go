package signing

import (
	"time"

	"assess/gonogo/checks/clean"
)

// Options say how strictly to verify.
type Options struct {
	Signers            *Signers
	Now                time.Time
	AtNow              bool // judge keys at Now instead of the time the report claims
	RequireCountersign bool // and that the last one accepts
	// Replay makes the report's contents and facts again from the journal and the evidence;
	// nil: not asked.
	Replay func(c Container) (Contents, Facts, error)
	// Tool is this program and its build, as a MANIFEST names them, to be told apart from the one
	// that made a file whose replay differs; empty: not told.
	Tool string
	// Render makes them from a file whose documents were changed, to tell from which line on;
	// nil: it is only told that they were.
	Render func(c Container) (Contents, Facts, error)
	// Evidence looks for bytes that the file withholds, and checks that they have the digest
	// they are asked for by; nil: they are not at hand.
	Evidence func(sha string) error
}

// Verification is what Verify found. Good is true only when everything is. What the MANIFEST
// says is there only when its signature holds.
type Verification struct {
	Good              bool               `json:"good"`
	Sentence          clean.Text         `json:"sentence"`
	Problems          []clean.Text       `json:"problems"` // all that is wrong; the sentence tells the first
	Hint              clean.Text         `json:"hint"`
	Notes             []clean.Text       `json:"notes"`
	Content           clean.Text         `json:"content"` // "whole", or what changed
	Signer            clean.Text         `json:"signer"`  // as the MANIFEST says
	Fingerprint       string             `json:"fingerprint"`
	SignedAt          string             `json:"signed_at"`
	KeyState          clean.Text         `json:"key_state"`    // "valid", or what the signers file has against it
	SignersLine       int                `json:"signers_line"` // 0: none is about this key
	Decision          clean.Text         `json:"decision"`
	Session           clean.Text         `json:"session"`
	Target            clean.Text         `json:"target"`
	Profile           clean.Text         `json:"profile"`
	ProfileSHA256     string             `json:"profile_sha256"`
	Tool              clean.Text         `json:"tool"`
	Events            uint64             `json:"journal_events"`
	Head              string             `json:"journal_head"`
	ManifestSHA256    string             `json:"manifest_sha256"`
	Covers            []string           `json:"covers"`   // the parts that the signature covers
	Replay            string             `json:"replay"`   // "", "same" or what differs
	Withheld          []string           `json:"withheld"` // SHA-256 of the evidence that is here by its digest alone
	Parts             []Part             `json:"parts"`
	Countersignatures []Countersignature `json:"countersignatures"`
	pattern           string             // the principals of the signers file, when they name nobody
}

// Part is one part of the file and whether it is what was signed.
type Part struct {
	Name  string `json:"name"`
	State string `json:"state"` // ok, changed, missing, not covered by the signature
	Where string `json:"where"` // of a changed part, where it can be told
}

// String tells the part's state in words.
func (p Part) String() string {
	if p.Where == "" {
		return p.Name + " " + p.State
	}
	return p.Name + " " + p.State + " (" + p.Where + ")"
}

// Countersignature is one lead's statement.
type Countersignature struct {
	Number      int        `json:"number"`
	Good        bool       `json:"good"`
	Sentence    clean.Text `json:"sentence"`
	By          clean.Text `json:"by"`
	At          string     `json:"at"`
	Decision    string     `json:"decision"`
	Comment     clean.Text `json:"comment"`
	Fingerprint string     `json:"fingerprint"`
	KeyState    clean.Text `json:"key_state"`
	SignersLine int        `json:"signers_line"`
	Covers      []string   `json:"covers"` // the parts whose digests it signs
}
