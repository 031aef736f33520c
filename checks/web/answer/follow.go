package answer

import (
	"context"
	"net/url"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// maxHops bounds how many redirects on the same origin lead to an answer.
const maxHops = 3

// Follow sends r and then takes up to three redirects as long as they stay on the origin.
func Follow(ctx context.Context, p *checks.Probe, r observe.Request) (*observe.Exchange, error) {
	x, err := p.Do(ctx, r)
	for hop := 0; err == nil && hop < maxHops; hop++ {
		to := Location(x)
		from, bad := url.Parse(x.URL)
		if bad != nil || to == nil || !SameOrigin(to, from) || to.String() == from.String() {
			return x, nil
		}
		next := r
		next.URL = to.String()
		x, err = p.Do(ctx, next)
	}
	return x, err
}
