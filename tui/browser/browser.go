// Package browser hands an address to the desktop's browser. It imports nothing of ours.
package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"time"
)

// patience is how long an opener may take to say that it can't. What runs longer is the
// browser itself, and is left alone.
var patience = 3 * time.Second

// unquoted are characters that an address never needs as they are, and that an opener which
// is a script might hand to a shell: wslview writes the address into a PowerShell command,
// where $(…) would run.
var unquoted = strings.NewReplacer(`"`, "%22", "$", "%24", "`", "%60", "'", "%27", `\`, "%5C", " ", "%20")

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
		if start(ctx, path, unquoted.Replace(u.String())) { // the normal form: never an option
			return name, nil
		}
	}
	return "", ErrNone
}

// start starts an opener, and reports whether it took the address.
func start(ctx context.Context, path, address string) bool {
	cmd := exec.Command(path, address)
	if cmd.Start() != nil {
		return false
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case err := <-ended:
		return err == nil
	case <-wait.C:
	case <-ctx.Done():
	}
	return true
}
