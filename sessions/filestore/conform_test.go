package filestore

import (
	"testing"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) func() sessions.Store {
		home := t.TempDir()
		return func() sessions.Store { return openStore(t, home) }
	})
}
