package observe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"path"
	"strings"
)

// Control asks for a random sibling of r.URL with the same method, headers, body and
// identity: what the target answers to a path that can't exist. A path with an extension,
// a leading dot or a final slash gets a sibling of that form. One name serves all requests
// of one folder, method, identity and form, so that it is asked once.
func (s *Store) Control(ctx context.Context, r Request) (*Exchange, error) {
	u, err := s.absolute(r.URL)
	if err != nil {
		q := &question{Request: r}
		return nil, s.trouble(q, Scope, err)
	}
	folder, before, after := sibling(u.EscapedPath())
	key := strings.Join([]string{u.Scheme, u.Host, folder, before, after, r.Method, string(r.As)}, "\x00")
	u.RawQuery = ""
	if err := setPath(u, folder+before+s.name(key)+after); err != nil {
		return nil, s.trouble(&question{Request: r}, Scope, err)
	}
	r.URL, r.Fresh, r.Burst = u.String(), false, false
	return s.Do(ctx, r)
}

// name is the random name for key: new for each run, so that no cache on the way knows it.
func (s *Store) name(key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.names[key] == "" {
		random := make([]byte, 9)
		_, _ = rand.Read(random) // never fails (crypto/rand)
		s.names[key] = "gonogo-" + hex.EncodeToString(random)
	}
	return s.names[key]
}

// sibling splits an escaped path into its folder and the form of its last element.
func sibling(escaped string) (folder, before, after string) {
	if strings.HasSuffix(escaped, "/") && escaped != "/" {
		escaped, after = strings.TrimRight(escaped, "/"), "/"
	}
	folder, last := path.Split(escaped)
	if folder == "" {
		folder = "/"
	}
	switch ext := path.Ext(last); {
	case strings.HasPrefix(last, "."):
		before = "."
	case ext != last && isExtension(ext):
		after = ext + after
	}
	return folder, before, after
}

// isExtension tells ".json" from the end of "/v1.2".
func isExtension(ext string) bool {
	return len(ext) >= 2 && len(ext) <= 12 &&
		strings.ContainsAny(strings.ToLower(ext), "abcdefghijklmnopqrstuvwxyz") && !strings.Contains(ext, "%")
}

func setPath(u *url.URL, escaped string) error {
	p, err := url.PathUnescape(escaped)
	if err != nil {
		return err
	}
	u.Path, u.RawPath = p, escaped
	return nil
}
