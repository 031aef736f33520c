package walk

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
)

// A screenshot is told, not printed; what only begins like one is shown as the text it is.
func TestPictured(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 390, 844))); err != nil {
		t.Fatal(err)
	}
	shown := func(body []byte) text {
		return read(t.Context(), func(context.Context, string) ([]byte, error) { return body, nil }, "x")
	}
	if got := shown(b.Bytes()).lines[0]; got != "picture, 390×844, 3 KB" {
		t.Errorf("%q", got)
	}
	if got := shown([]byte("\x89PNG\r\n\x1a\nplain text")).lines; len(got) < 2 || got[len(got)-1] != "plain text" {
		t.Errorf("%q", got)
	}
}
