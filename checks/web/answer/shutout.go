package answer

import (
	"context"
	"net/http"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// ShutOut reports whether even the base page answers 403: gonogo's address or name may be
// blocked, and a 403 elsewhere then says nothing about what others get.
func ShutOut(ctx context.Context, p *checks.Probe) bool {
	x, err := p.Do(ctx, observe.Request{URL: "/"})
	return err == nil && x.Status == http.StatusForbidden
}
