package observe

import (
	"context"
	"net/http"
)

// maxVouches is how many kinds of refusals of one origin are looked into in a run.
const maxVouches = 20

// bars reports whether x, a 403, comes from a target that has meanwhile barred this
// reviewer, as firewalls do after some requests. Every refusal would then look like
// protection, and every file like one that isn't there. For each new kind of refusal what
// was answered at first is asked again.
func (s *Store) bars(ctx context.Context, q *question, x *Exchange) bool {
	s.mu.Lock()
	o := s.originLocked(q)
	if x.Status != http.StatusForbidden {
		if o.opened == nil && q.As == Anonymous && q.Method == http.MethodGet && q.Class == "" && x.Status >= 200 && x.Status < 300 {
			o.opened = q
		}
		s.mu.Unlock()
		return false
	}
	kind := mediaType(x) + "\x00" + normal(x.Body, newEraser(ownNames(x)))
	opened, known := o.opened, o.vouched[kind] || len(o.vouched) >= maxVouches
	if o.barred || opened == nil || known {
		defer s.mu.Unlock()
		return o.barred
	}
	s.mu.Unlock()
	again, e, _ := s.send(ctx, opened)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e == nil && again.Status == http.StatusForbidden {
		o.barred = true
	} else if e == nil {
		if o.vouched == nil {
			o.vouched = map[string]bool{}
		}
		o.vouched[kind] = true
	}
	return o.barred
}
