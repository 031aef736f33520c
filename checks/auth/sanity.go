package auth

import (
	"context"
	"fmt"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// sane tells whether an identity's token works: the whoami path must answer it with
// success, and anonymous callers otherwise. A dead token makes every refusal look like
// protection. why is empty when it does. again asks afresh, to see at the end that it still
// did while others were asked.
func sane(ctx context.Context, p *checks.Probe, who observe.Identity, again bool) (evidence []checks.Evidence, why string) {
	path := p.Target.Paths.Whoami
	if path == "" {
		return nil, "not declared: paths.whoami, which shows that a token works"
	}
	mine, err := p.Do(ctx, observe.Request{URL: path, As: who, Fresh: again})
	if err != nil {
		_, why := answer.Missing("GET "+path, err)
		return nil, why
	}
	evidence = append(evidence, p.Exchange(mine))
	if !answer.Success(mine) {
		return evidence, fmt.Sprintf("the %s's token does not work: %s answers it %d", who, path, mine.Status)
	}
	anonymous, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		_, why := answer.Missing("GET "+path, err)
		return evidence, why
	}
	if answer.Success(anonymous) && observe.Same(mine, anonymous) {
		return append(evidence, p.Exchange(anonymous)), fmt.Sprintf("%s answers anonymous callers like the %s: the token proves nothing", path, who)
	}
	return evidence, ""
}
