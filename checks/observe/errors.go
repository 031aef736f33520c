package observe

import "slices"

// mostErrors bounds how many answers with an error's status are remembered in one run.
const mostErrors = 512

// keepError remembers an answer whose status is 4xx or 5xx.
func (s *Store) keepError(x *Exchange) {
	if x.Status < 400 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failed) < mostErrors {
		s.failed = append(s.failed, x)
	}
}

// Errors gives the answers with status 4xx or 5xx so far, in their order of arrival, 512 at
// most; those to repeated requests and bursts are among them.
func (s *Store) Errors() []*Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.failed)
}
