package handover

import (
	"context"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
)

// Replay makes a report file's contents again from the journal and the evidence in it, for
// signing.Options. The version that made the file is printed in its report, so it is taken
// from there; version stands in where the file names none.
func Replay(ctx context.Context, reg *checks.Registry, file []byte, version string) func(signing.Container) (signing.Contents, signing.Facts, error) {
	return func(c signing.Container) (signing.Contents, signing.Facts, error) {
		st, id, err := signing.NewStore(file)
		if err != nil {
			return signing.Contents{}, signing.Facts{}, err
		}
		return again(ctx, reg, st, id, c, version)
	}
}

// Render is Replay for a file whose documents were changed: it makes them from the rest, so
// that Verify can tell at which line they differ. Nothing is good because of it.
func Render(ctx context.Context, reg *checks.Registry, version string) func(signing.Container) (signing.Contents, signing.Facts, error) {
	return func(c signing.Container) (signing.Contents, signing.Facts, error) {
		st, id, err := c.Store()
		if err != nil {
			return signing.Contents{}, signing.Facts{}, err
		}
		return again(ctx, reg, st, id, c, version)
	}
}

func again(ctx context.Context, reg *checks.Registry, st sessions.Store, id string, c signing.Container, version string) (signing.Contents, signing.Facts, error) {
	s, err := sessions.View(ctx, st, reg, id)
	if err != nil {
		return signing.Contents{}, signing.Facts{}, err
	}
	defer s.Close()
	held := c.Held()
	return SomeContents(ctx, s, madeBy(c, version), func(sha string) bool { return held[sha] })
}

// madeBy is the version that the MANIFEST names.
func madeBy(c signing.Container, version string) string {
	for l := range strings.Lines(string(c["MANIFEST"])) {
		if v, ok := strings.CutPrefix(l, "# tool: gonogo "); ok {
			return strings.TrimSpace(v)
		}
	}
	return version
}
