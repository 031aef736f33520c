package sessions

import "errors"

// ErrForeign says that a session's target was read from the session, and that nobody on
// this machine stands for it. Running it would fill its ${env:…} and ${file:…} from here,
// read files here, and send to the hosts it names: whoever wrote it would choose which.
var ErrForeign = errors.New("the target of this session came with the session, and nobody stands for it on this machine")

// Foreign reports whether Run refuses with ErrForeign: of a session that was opened, and of
// one made from another's stored copy of a target, until Vouch.
func (s *Session) Foreign() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.foreign
}

// Vouch lets the session run: its target was read from a file here, or somebody saw what it
// fills, reads and reaches, and said yes. Package vouched remembers which.
func (s *Session) Vouch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.foreign = false
}
