package tui

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"

	"assess/gonogo/tui/background"
)

// askTime is how long the first frame waits for the terminal to tell its background. An
// answer that takes longer still chooses the theme (app.LightBackground).
const askTime = 100 * time.Millisecond

// shade finds out whether the terminal is dark: from COLORFGBG, else by asking the
// terminal once. A silent terminal costs askTime and is taken for dark.
func shade(in, out *os.File) background.Shade {
	if s := background.Guess(os.Getenv("COLORFGBG")); s != background.Unknown {
		return s
	}
	if kind := os.Getenv("TERM"); kind == "dumb" || kind == "linux" || strings.HasPrefix(kind, "screen") {
		return background.Unknown
	}
	reply, err := question(in, out, "\x1b]11;?\x07\x1b[c")
	if err != nil {
		return background.Unknown
	}
	return parseReply(reply)
}

// question writes a request and reads what comes until the terminal has told what it is,
// which every terminal does and which is asked last.
func question(in, out *os.File, request string) (string, error) {
	state, err := term.MakeRaw(in.Fd())
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(in.Fd(), state) }()
	r, err := cancelreader.NewReader(in)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if _, err := out.WriteString(request); err != nil {
		return "", err
	}
	timer := time.AfterFunc(askTime, func() { r.Cancel() })
	defer timer.Stop()
	var reply []byte
	buf := make([]byte, 256)
	for len(reply) < 1024 {
		n, err := r.Read(buf)
		reply = append(reply, buf[:n]...)
		if err != nil || ended(string(reply)) {
			break
		}
	}
	return string(reply), nil
}

// ended reports whether the reply holds the device attributes: ESC [ ? … c.
func ended(reply string) bool {
	i := strings.LastIndex(reply, "\x1b[?")
	return i >= 0 && strings.HasSuffix(reply[i:], "c")
}

// parseReply reads the colour from "ESC ] 11 ; rgb:RRRR/GGGG/BBBB", two or four digits each.
func parseReply(reply string) background.Shade {
	_, colour, ok := strings.Cut(reply, "]11;rgb:")
	if !ok {
		return background.Unknown
	}
	parts := strings.SplitN(colour, "/", 3)
	if len(parts) != 3 || len(parts[0]) < 2 || len(parts[1]) < 2 || len(parts[2]) < 2 {
		return background.Unknown
	}
	var rgb [3]int
	for i := range rgb {
		if _, err := fmt.Sscanf(parts[i][:2], "%02x", &rgb[i]); err != nil {
			return background.Unknown
		}
	}
	// Rec. 601 luma, the usual split between dark and light.
	if 299*rgb[0]+587*rgb[1]+114*rgb[2] > 127*1000 {
		return background.Light
	}
	return background.Dark
}
