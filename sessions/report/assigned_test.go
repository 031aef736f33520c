package report_test

import (
	"bytes"
	"testing"

	"assess/gonogo/sessions/report"
)

// Who was to look at what stands in the JSON document, and in the Markdown only where
// somebody said so; a name is text there.
func TestAssigned(t *testing.T) {
	d := &report.Document{Items: []report.Item{{ID: "SEC-01", Assigned: "L. *Brandt*"}, {ID: "SEC-02"}, {ID: "SEC-03", Assigned: "L. *Brandt*"}}}
	md := report.Markdown(d)
	if want := []byte("- **Assigned to L. \\*Brandt\\***: `SEC-01`, `SEC-03`\n"); !bytes.Contains(md, want) {
		t.Errorf("no %q in the answers: %s", want, md[bytes.Index(md, []byte("## Answers")):])
	}
	if out, err := report.JSON(d); err != nil || !bytes.Contains(out, []byte(`"assigned": "L. *Brandt*"`)) || !bytes.Contains(out, []byte(`"assigned": ""`)) {
		t.Errorf("%v: %s", err, out)
	}
	for i := range d.Items {
		d.Items[i].Assigned = ""
	}
	if bytes.Contains(report.Markdown(d), []byte("Assigned to")) {
		t.Error("nobody is told as assigned")
	}
}
