package sessions

import (
	"testing"

	"assess/gonogo/checks"
)

// A session names its target's file within the folder that somebody may stand for. One from
// elsewhere can't lead a re-test to a file outside of it.
func TestTheTargetsFileIsInItsFolder(t *testing.T) {
	reg, err := checks.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	profile := []byte("id = \"p\"\ntitle = \"P\"\nversion = 1\n[[category]]\nid = \"C\"\ntitle = \"C\"\n[[category.item]]\nid = \"C-01\"\ntitle = \"t\"\nseverity = \"low\"\nquestion = \"q?\"\n")
	blobs := map[string][]byte{}
	keep := func(b []byte) string { blobs[shaOf(b)] = b; return shaOf(b) }
	fetch := func(sha string) ([]byte, error) { return blobs[sha], nil }
	for file, want := range map[string]string{
		"mine.toml": "mine.toml", "": "", "../evil.toml": "", "/tmp/evil.toml": "", "a/b.toml": "",
	} {
		o := Opened{Format: 1, Session: "s", TargetSHA: keep([]byte(testTarget)), ProfileSHA: keep(profile), Dir: "/srv/app", File: file}
		more, err := encodeJSON(overflow{Dir: o.Dir, File: file, Categories: []string{}, Items: []string{}})
		if err != nil {
			t.Fatal(err)
		}
		over := o
		over.Dir, over.File, over.MoreSHA = "", "", keep(more)
		for _, first := range []Opened{o, over} {
			b, err := readBasis(Event{Seq: 1, At: start, Data: first}, fetch, reg)
			if err != nil {
				t.Fatal(err)
			}
			if b.opened.File != want {
				t.Errorf("%q leads to %q", file, b.opened.File)
			}
		}
	}
}
