package sessions

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// idForm is what every session id looks like: safe as a file name everywhere.
var idForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)

// ValidID reports whether an id has the form of NewID's.
func ValidID(id string) bool { return idForm.MatchString(id) }

// maxSlug is how much of a target's name an id carries.
const maxSlug = 24

// NewID makes a session's id: the time in UTC, so that ids sort by it, the target's name
// as far as it is letters and digits, and four random characters.
func NewID(now time.Time, target string) string {
	id := now.UTC().Format("20060102-150405-")
	if s := slug(target); s != "" {
		id += s + "-"
	}
	return id + strings.ToLower(rand.Text()[:4])
}

// slug keeps the letters and digits of a name, joined by single hyphens.
func slug(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case b.Len() >= maxSlug:
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// Latest stands for the most recently created session wherever an id is wanted.
const Latest = "latest"

// ResolveID finds the session that an id, a unique start of one or "latest" names. The
// error is ErrNotFound, or lists the ids that a start fits.
func ResolveID(ctx context.Context, st Store, idOrPrefix string) (string, error) {
	all, err := st.List(ctx)
	if err != nil {
		return "", err
	}
	if idOrPrefix == Latest {
		if len(all) == 0 {
			return "", fmt.Errorf("%w: there are no sessions yet", ErrNotFound)
		}
		newest := slices.MaxFunc(all, func(a, b Summary) int {
			return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
		})
		return newest.ID, nil
	}
	var fits []string
	for _, s := range all {
		if s.ID == idOrPrefix {
			return s.ID, nil
		}
		if idOrPrefix != "" && strings.HasPrefix(s.ID, idOrPrefix) {
			fits = append(fits, s.ID)
		}
	}
	switch len(fits) {
	case 0:
		return "", fmt.Errorf("%w: %.80q", ErrNotFound, idOrPrefix)
	case 1:
		return fits[0], nil
	}
	slices.Sort(fits)
	return "", fmt.Errorf("%.80q is the start of %d sessions: %s", idOrPrefix, len(fits), firstOf(fits, 5))
}

// firstOf lists the first n names and says how many more there are.
func firstOf(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}
