package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say what to serve, and where.
type Options struct {
	Scenario string   // "phase5" when empty
	Fix      []string // names of switches to turn on
	Dir      string   // empty or missing folder for target, repository and tokens; "" makes a temporary one
	Addr     string   // loopback address of the service; "" takes a free port
}

// Check reports what is wrong with the options before anything is started: an unknown
// scenario or fix, an address that is not on loopback.
func (o Options) Check() error {
	if _, err := newSettings(o.Scenario, o.Fix); err != nil {
		return err
	}
	if o.Addr == "" {
		return nil
	}
	return checkAddr(o.Addr)
}

// Info tells where the running demo is.
type Info struct {
	TargetFile string `json:"target_file"`
	Answers    string `json:"answers,omitempty"` // file for --answers, where the scenario has one
	BaseURL    string `json:"base_url"`
	Dir        string `json:"dir"`
}

// tempPattern begins the names of the folders that the demo makes for itself.
const tempPattern = "gonogo-demo-"

// Serve runs the demo system in this process until ctx ends: it listens on loopback,
// writes the folder, calls ready and serves. A folder that it made it removes again. An
// error says which option is wrong, which address is taken or which file can't be written.
func Serve(ctx context.Context, o Options, ready func(Info)) error {
	s, err := newSettings(o.Scenario, o.Fix)
	if err != nil {
		return err
	}
	dir, made, err := makeDir(o.Dir)
	if err != nil {
		return err
	}
	if made {
		defer os.RemoveAll(dir)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	h, err := open(ctx, s, o.Addr)
	if err != nil {
		return err
	}
	defer h.close()
	f := folder{dir: dir, settings: s, place: h.place, caPEM: h.caPEM, now: time.Now()}
	target, err := f.write(h.who)
	if err != nil {
		return fmt.Errorf("demo folder %s: %w", dir, err)
	}
	h.service.commit = f.head
	failed := h.serve()
	if ready != nil {
		ready(Info{TargetFile: target, Answers: f.answersFile(), BaseURL: h.BaseURL, Dir: dir})
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return fmt.Errorf("demo service on %s stopped: %w", h.BaseURL, err)
	}
}

// makeDir makes the folder, or takes an empty one that exists. made reports that it is
// ours to remove.
func makeDir(dir string) (path string, made bool, err error) {
	if dir == "" {
		dir, err = os.MkdirTemp("", tempPattern)
		if err != nil {
			return "", false, fmt.Errorf("demo folder: %w", err)
		}
		return dir, true, nil // MkdirTemp's mode is 0700
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", false, fmt.Errorf("demo folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return "", false, fmt.Errorf("demo folder: %w", err)
		}
		return dir, true, nil
	case err != nil:
		return "", false, fmt.Errorf("demo folder: %w", err)
	case len(entries) > 0:
		return "", false, fmt.Errorf("demo folder %s is not empty: name an empty or a new one", dir)
	}
	return dir, false, nil
}

// house is the demo's servers with their listeners.
type house struct {
	*service
	place
	caPEM   []byte
	servers []*http.Server
	doors   []net.Listener
	vacant  []io.Closer // hold ports at which nothing listens
	running sync.WaitGroup
}

// open listens for the service, for the redirect to it where TLS is on, and for the host's
// exporter. Requests in flight end with ctx.
func open(ctx context.Context, s settings, addr string) (_ *house, err error) {
	h := &house{}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	door, err := listen(addr)
	if err != nil {
		return nil, err
	}
	h.doors = append(h.doors, door)
	secure := s.Mended("https")
	if h.service, err = newService(s, secure); err != nil {
		return nil, err
	}
	h.BaseURL = "http://" + door.Addr().String()
	main := newServer(ctx, h.service)
	h.servers = append(h.servers, main)
	if secure {
		ca, err := newAuthority(time.Now(), "localhost")
		if err != nil {
			return nil, err
		}
		h.caPEM, main.TLSConfig = ca.PEM, ca.config()
		h.BaseURL = "https://localhost:" + port(door)
		if err := h.addRedirect(ctx, h.BaseURL); err != nil {
			return nil, err
		}
	}
	if s.Analytics() {
		if err := h.front(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.Wide() {
		if err := h.watch(ctx, s); err != nil {
			return nil, err
		}
	}
	at, err := h.add(ctx, newExporter(time.Now(), h.reports))
	if err != nil {
		return nil, err
	}
	h.Exporter = "http://" + at.Addr().String() + "/metrics"
	return h, nil
}

// checkAddr refuses addresses that others could reach.
func checkAddr(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q: %w", addr, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("address %q: the demo listens on loopback only, such as 127.0.0.1:8080", addr)
	}
	return nil
}

// listen opens a loopback address; any other is refused.
func listen(addr string) (net.Listener, error) {
	if err := checkAddr(addr); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("demo service: %w", err)
	}
	return l, nil
}

func port(l net.Listener) string {
	_, p, _ := net.SplitHostPort(l.Addr().String())
	return p
}

// add puts a handler on a port of its own.
func (h *house) add(ctx context.Context, handler http.Handler) (net.Listener, error) {
	door, err := listen("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h.doors, h.servers = append(h.doors, door), append(h.servers, newServer(ctx, handler))
	return door, nil
}

func newServer(ctx context.Context, handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0), // broken handshakes are the visitor's affair
	}
}

// addRedirect serves plain http on localhost that sends visitors to an https origin, for
// good and with the method kept. Its answers have no Strict-Transport-Security (RFC 6797 §7.2).
func (h *house) addRedirect(ctx context.Context, origin string) error {
	at, err := h.add(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := "/" + strings.TrimLeft(r.URL.RequestURI(), "/") // never another host's address
		http.Redirect(w, r, origin+to, http.StatusPermanentRedirect)
	}))
	if err == nil {
		h.Plain = "http://localhost:" + port(at)
	}
	return err
}

// serve starts all servers; the channel brings the first error that ends one before close.
func (h *house) serve() <-chan error {
	failed := make(chan error, len(h.servers))
	for i, server := range h.servers {
		h.running.Go(func() {
			var err error
			if server.TLSConfig != nil {
				err = server.ServeTLS(h.doors[i], "", "")
			} else {
				err = server.Serve(h.doors[i])
			}
			if !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		})
	}
	return failed
}

// close lets answers that are being written leave, then closes every connection and waits
// for the servers' goroutines.
func (h *house) close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, s := range h.servers {
		if s.Shutdown(ctx) != nil {
			s.Close()
		}
	}
	for _, d := range h.doors {
		d.Close() // those that were never served
	}
	for _, v := range h.vacant {
		v.Close()
	}
	h.running.Wait()
}
