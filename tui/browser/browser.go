// Package browser hands an address to the desktop's browser. It imports nothing of ours.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"time"
)

// patience is how long the desktop's opener may take; it does not wait for the browser.
const patience = 3 * time.Second

// openers are the desktops' own, each with the environment variable that must be set for it
// to work. $BROWSER comes first.
var openers = []struct {
	needs string
	name  string
}{
	{"", "open"}, // macOS
	{"WAYLAND_DISPLAY", "xdg-open"},
	{"DISPLAY", "xdg-open"},
	{"", "wslview"},
}

// ErrNone says that there is no browser here, as on a server.
var ErrNone = errors.New("no browser here")

// Open opens an http or https address without a user's name in it, and returns the name of
// the program that took it.
func Open(ctx context.Context, address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return "", fmt.Errorf("%.200q is no address to open", address)
	}
	names := []string{os.Getenv("BROWSER")}
	for _, o := range openers {
		if o.needs == "" || os.Getenv(o.needs) != "" {
			names = append(names, o.name)
		}
	}
	for _, name := range names {
		path, err := exec.LookPath(name)
		if name == "" || err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		err = exec.CommandContext(ctx, path, u.String()).Run() // the normal form: never an option
		cancel()
		if err == nil {
			return name, nil
		}
	}
	return "", ErrNone
}
