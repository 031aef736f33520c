package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

// Each category has its file, every body gives its digest back whatever its bytes, and the
// digests of the files are in the file that sha256sum reads.
func TestEvidenceFiles(t *testing.T) {
	d := seedDocument(t, "phase5")
	bodies := map[string][]byte{}
	for i := range d.Items {
		for j := range d.Items[i].Evidence {
			body := []byte(vile[i%len(vile)] + d.Items[i].ID)
			sha := fmt.Sprintf("%x", sha256.Sum256(body))
			d.Items[i].Evidence[j].SHA256, bodies[sha] = sha, body
		}
	}
	files, err := report.EvidenceFiles(d, func(sha string) ([]byte, error) { return bodies[sha], nil })
	if err != nil || len(files) != len(d.Score.Categories)+1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	sums, checked, encodings := string(files[len(files)-1].Data), 0, map[string]int{}
	for i, f := range files[:len(files)-1] {
		if want := fmt.Sprintf("%x  %s\n", sha256.Sum256(f.Data), f.Name); !strings.Contains(sums, want) || f.Name != d.Score.Categories[i].ID+".json" {
			t.Errorf("%s is not in %s", f.Name, files[len(files)-1].Name)
		}
		var c report.CategoryEvidence
		if err := json.Unmarshal(f.Data, &c); err != nil {
			t.Fatal(err)
		}
		if c.Schema != report.EvidenceSchema || c.Session.Head != d.Session.Head {
			t.Errorf("%s: %s of %s", f.Name, c.Schema, c.Session.Head)
		}
		for _, it := range c.Items {
			for _, b := range it.Bodies {
				data := []byte(b.Body)
				if b.Encoding == "base64" {
					if data, err = base64.StdEncoding.DecodeString(b.Body); err != nil {
						t.Error(err)
					}
				}
				if b.State != "included" || fmt.Sprintf("%x", sha256.Sum256(data)) != b.SHA256 {
					t.Errorf("%s: %s gives other bytes (%s)", it.ID, b.SHA256, b.State)
				}
				checked++
				encodings[b.Encoding]++
			}
		}
	}
	if checked < 80 || encodings["text"] == 0 || encodings["base64"] == 0 {
		t.Errorf("%d bodies, %v", checked, encodings)
	}
}

// A spreadsheet shows what was written: taking the one apostrophe away gives every text back,
// and items and findings share one head.
func TestCSVGivesTextsBack(t *testing.T) {
	d := seedDocument(t, "phase5")
	texts := []string{"=1+1", "+1", "-1", "@x", "'quoted", "''twice", "plain", "a,b;\"c\"", "two\nlines", ""}
	for i, s := range texts {
		d.Items[i].Summary = s
	}
	d.Findings = append(d.Findings, sessions.Finding{ID: "F-7", Title: "=cmd", Severity: checks.High, Items: []string{"A", "B"}, Closed: true})
	data, err := report.CSV(d)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[h] = i
	}
	for i, want := range texts {
		got := rows[1+i][at["summary"]]
		if strings.IndexAny(want, "=+-@'") == 0 && got[0] != '\'' {
			t.Errorf("%q is %q", want, got)
		}
		if back := strings.TrimPrefix(got, "'"); back != want {
			t.Errorf("%q came back as %q", want, back)
		}
		if v := rows[1+i][at["verdict"]]; v != string(d.Items[i].Verdict) || rows[1+i][at["type"]] != "item" {
			t.Errorf("%s: %s", d.Items[i].ID, v)
		}
	}
	last := rows[len(rows)-1]
	if last[at["type"]] != "finding" || last[at["id"]] != "F-7" || last[at["title"]] != "'=cmd" || last[at["verdict"]] != "closed" || last[at["linked_items"]] != "A B" {
		t.Errorf("the finding's row: %q", last)
	}
}
