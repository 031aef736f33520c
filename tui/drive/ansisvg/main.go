// Command ansisvg paints a captured terminal screen as SVG: text with colour sequences on
// standard input, a picture on standard output. The same screen gives the same bytes, and
// nothing but the viewer's own monospaced font is needed to show it.
//
//	tmux capture-pane -p -e | ansisvg -bg '#1e1e2e' -fg '#cdd6f4'
//
// It imports themes, for the 256 colours; only `make pictures` runs it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	bg := flag.String("bg", "#1e1e2e", "the terminal's background")
	fg := flag.String("fg", "#cdd6f4", "the terminal's text")
	title := flag.String("title", "gonogo", "what the picture shows, for who can't see it")
	flag.Parse()
	src, err := io.ReadAll(io.LimitReader(os.Stdin, 4<<20))
	if err != nil {
		fmt.Fprintln(os.Stderr, "ansisvg:", err)
		os.Exit(1)
	}
	fmt.Print(paint(strings.Split(strings.TrimRight(string(src), "\n"), "\n"), *title, *fg, *bg))
}
