package answer

import (
	"context"
	"net/url"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// maxHops bounds how many redirects on the same origin lead to an answer.
const maxHops = 3

// AsCaller makes r a request of the user where anonymous callers are refused (x, with 401 or
// 403) and a token is declared, and otherwise leaves it.
func AsCaller(p *checks.Probe, r observe.Request, x *observe.Exchange) (observe.Request, bool) {
	if !RefusedStatus(x.Status) || p.Target.Auth.User.Token == "" || r.As != "" {
		return r, false
	}
	r.As = observe.User
	return r, true
}

// FollowAsCaller is Follow, and once more as the user where anonymous callers are refused
// and a token is declared. It gives the request that was answered.
func FollowAsCaller(ctx context.Context, p *checks.Probe, r observe.Request) (observe.Request, *observe.Exchange, error) {
	x, err := Follow(ctx, p, r)
	if err != nil {
		return r, nil, err
	}
	if mine, again := AsCaller(p, r, x); again {
		r = mine
		x, err = Follow(ctx, p, r)
	}
	return r, x, err
}

// AskPart asks for what a page of the base URL loads, and once more as the user where
// anonymous callers are refused; a token goes to the base URL's own origin only. Redirects
// are taken where follow is set. It gives the request that was answered.
func AskPart(ctx context.Context, p *checks.Probe, r observe.Request, follow bool) (observe.Request, *observe.Exchange, error) {
	ask := p.Do
	if follow {
		ask = func(ctx context.Context, r observe.Request) (*observe.Exchange, error) { return Follow(ctx, p, r) }
	}
	x, err := ask(ctx, r)
	if err != nil {
		return r, nil, err
	}
	to, bad := url.Parse(x.URL)
	base, worse := url.Parse(p.Target.BaseURL)
	if mine, again := AsCaller(p, r, x); again && bad == nil && worse == nil && SameOrigin(to, base) {
		r = mine
		x, err = ask(ctx, r)
	}
	return r, x, err
}

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
