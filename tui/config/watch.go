package config

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a folder has to be still before a change is told: an editor saves in
// several steps.
const settle = 50 * time.Millisecond

// WatchThemes tells on the channel when a theme file in dir/themes changes, until ctx ends.
// The kernel tells it (inotify, kqueue), so waiting wakes nobody up. Where folders can't be
// watched, or dir is not there, the channel stays silent: Settings reads themes anew.
func WatchThemes(ctx context.Context, dir string) <-chan struct{} {
	told := make(chan struct{}, 1)
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return told
	}
	folder := filepath.Join(dir, "themes")
	here, below := w.Add(dir), w.Add(folder) // the folder of themes may be made later
	if dir == "" || here != nil && below != nil {
		_ = w.Close()
		return told
	}
	go func() {
		defer w.Close()
		still := time.NewTimer(0)
		<-still.C
		for {
			select {
			case e, ok := <-w.Events:
				if !ok {
					return
				}
				if e.Name == folder && e.Has(fsnotify.Create) && w.Add(folder) != nil {
					continue
				}
				if e.Name == folder || filepath.Dir(e.Name) == folder && strings.HasSuffix(e.Name, ".toml") {
					still.Reset(settle)
				}
			case _, ok := <-w.Errors:
				if !ok {
					return
				}
				still.Reset(settle) // events may be lost: look again
			case <-still.C:
				select {
				case told <- struct{}{}:
				default: // it is told already, and not read yet
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	return told
}
