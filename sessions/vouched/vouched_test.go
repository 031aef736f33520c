package vouched_test

import (
	"os"
	"path/filepath"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions/vouched"
)

func target(dir, source string) *checks.Target {
	return &checks.Target{Dir: dir, Source: []byte(source)}
}

func TestList(t *testing.T) {
	home := filepath.Join(t.TempDir(), "new")
	l := vouched.Open(home)
	mine := target("/app", "name = 1")
	knows := func(l *vouched.List, want bool, x *checks.Target) {
		t.Helper()
		if has, err := l.Has(x); has != want || err != nil {
			t.Errorf("%s %s: %v %v", x.Dir, x.Source, has, err)
		}
	}
	knows(l, false, mine)
	for range 2 {
		if err := l.Add(mine); err != nil {
			t.Fatal(err)
		}
	}
	knows(vouched.Open(home), true, mine)
	knows(l, false, target("/app", "name = 2"))
	knows(l, false, target("/other", "name = 1")) // its relative files would be others
	knows(l, false, target("/app\nname", " = 1")) // the folder's end can't be moved into the file
	knows(nil, false, mine)
	file := filepath.Join(home, "vouched")
	whole, _ := os.ReadFile(file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || len(whole) != 66 {
		t.Errorf("%v %v, %d bytes", info, err, len(whole))
	}
	// A line that was cut off by a full disk spoils none that follows.
	if err := os.WriteFile(file, whole[:30], 0o600); err != nil {
		t.Fatal(err)
	}
	knows(l, false, mine)
	if err := l.Add(mine); err != nil {
		t.Fatal(err)
	}
	knows(l, true, mine)
}
