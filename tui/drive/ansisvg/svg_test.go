package main

import (
	"encoding/xml"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestRuns(t *testing.T) {
	red, fill := style{fg: "#ff8f8f", bold: true}, style{fg: "#ff8f8f", bg: "#303030", bold: true}
	for _, c := range []struct {
		line string
		want []run
	}{
		{"a b   c", []run{{x: 0, w: 6, text: "a b   "}, {x: 6, w: 1, text: "c"}}},
		{"\x1b[1;38;2;255;143;143m✘ B\x1b[0m.", []run{{red, 0, 3, "✘ B"}, {style{}, 3, 1, "."}}},
		{"\x1b[1m\x1b[38;2;255;143;143m\x1b[48;5;236mx\x1b[49m漢\x1b[my", []run{{fill, 0, 1, "x"}, {red, 1, 2, "漢"}, {style{}, 3, 1, "y"}}},
		{"\x1b[91ma\x1b[39;4mb\x1b[24m", []run{{style{fg: "#ff0000"}, 0, 1, "a"}, {style{underline: true}, 1, 1, "b"}}},
		{"a\x1b[38;5;999mb\x1b[38;2;1mc\x1b[xxmd\x1b", []run{{x: 0, w: 1, text: "a"}, {x: 1, w: 1, text: "b"}, {x: 2, w: 1, text: "c"}, {x: 3, w: 1, text: "d"}}},
	} {
		if got := runs(c.line, &style{}); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q\n got %+v\nwant %+v", c.line, got, c.want)
		}
	}
}

func TestThePictureIsXMLAndOnTheGrid(t *testing.T) {
	got := paint([]string{" <a> & \"b\"", "", "   \x1b[48;5;236m▸ x\x1b[0m\x1b[4m", "y"}, "a <b>", "#cdd6f4", "#1e1e2e")
	for d := xml.NewDecoder(strings.NewReader(got)); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, got)
		}
	}
	for _, part := range []string{
		`width="100" height="88"`, // 10 cells and 4 lines, with margins
		`<text x="16.4" y="21.5" textLength="75.6">&lt;a&gt; &amp; &#34;b&#34;</text>`,
		`<rect x="33.2" y="44" width="25.2" height="18" fill="#303030"/>`,
		`text-decoration="underline">y<`, // the style of the line before
		`<title>a &lt;b&gt;</title>`,
	} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in\n%s", part, got)
		}
	}
}
