package form_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/paint"
)

func sample() *form.Form {
	effort := form.Line("effort", "Effort", "half a day")
	effort.Beside = true
	return form.New(form.Line("title", "Title", "what").Must(), form.OneOf("size", "Size", "big", "small"), form.Line("owner", "Owner", ""), effort, form.Block("why", "Why", "", 3))
}

func TestDraft(t *testing.T) {
	f := sample()
	if d := f.Draft(); d != "" {
		t.Errorf("an untouched form has the draft %s", d)
	}
	f.Fields[0].Text.Set("a title")
	f.Fields[1].Choice.Do(action.Right)
	g := sample()
	if !g.Restore(f.Draft()) || g.Value("title") != "a title" || g.Value("size") != "small" {
		t.Errorf("restored %v", g.Values())
	}
	if g.Restore("{broken") {
		t.Error("a broken draft was restored")
	}
	if got := form.Words(f.Draft()); got != "a title" {
		t.Errorf("words %q", got)
	}
	if got := form.Words("plain text"); got != "plain text" {
		t.Errorf("words %q", got)
	}
}

func TestAChoiceKeepsWhatItDoesNotOffer(t *testing.T) {
	x := form.OneOf("size", "Size", "big", "small").With("middling")
	if x.Value() != "middling" {
		t.Errorf("it became %s", x.Value())
	}
}

// The marked field is in sight in every window, and every line has the width asked for.
func TestFit(t *testing.T) {
	p := drive.Palette(t, "mono", false)
	f := sample()
	for at := range f.Fields {
		f.At = at
		f.Err = "is wrong"
		for h := 1; h < 9; h++ {
			for w := 1; w < 90; w += 7 {
				lines := f.Fit(p, w, h)
				if len(lines) > h {
					t.Fatalf("%d lines in %d", len(lines), h)
				}
				for _, l := range lines {
					if paint.Width(l) != w {
						t.Fatalf("a line of %d cells in %d: %q", paint.Width(l), w, l)
					}
				}
				if all := strings.Join(lines, "\n"); h > 4 && !strings.Contains(all, "▸") {
					t.Fatalf("field %d is out of sight in %d lines:\n%s", at, h, all)
				}
			}
		}
	}
}

// What is wrong is read whole: what to do about it stands last.
func TestAnErrorIsReadWhole(t *testing.T) {
	p := drive.Palette(t, "mono", false)
	f := sample()
	f.Err = "can't attach /srv/reviews/restart.log: no such file or directory"
	all := strings.Join(strings.Fields(strings.Join(f.View(p, 60), " ")), " ")
	if !strings.Contains(all, f.Err) {
		t.Errorf("it says %q", all)
	}
}
