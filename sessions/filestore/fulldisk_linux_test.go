package filestore

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"assess/gonogo/sessions"
)

// TestFullDisk fills a small disk, write by write: of what failed nothing is half there, what
// was acknowledged stays, and with room again everything goes on.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=256k,mode=0700"); err != nil {
		t.Skip("needs the right to mount a small disk: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, 0); err != nil {
			t.Error(err)
		}
	})
	home := filepath.Join(disk, "home")
	s := openStore(t, home)
	head := write(t, s, 3)
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	body := []byte(strings.Repeat("what came back ", 3000))
	sum := sha256.Sum256(body)
	if err := s.PutDraft(ctx, id, "note", "half a word"); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSummary(ctx, sessions.Summary{ID: id, Target: "before"}); err != nil {
		t.Fatal(err)
	}
	ballast := fill(t, disk)
	for name, err := range map[string]error{
		"evidence": s.PutBlob(ctx, id, sum, bytes.NewReader(body)),
		"draft":    s.PutDraft(ctx, id, "note", strings.Repeat("half a word ", 4000)),
		"summary":  s.PutSummary(ctx, sessions.Summary{ID: id, Target: strings.Repeat("after", 1000)}),
		"session":  func() error { _, err := s.Create(ctx, id+"2", bytes.Repeat(line(1), 100)); return err }(),
	} {
		if !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("%s: %v", name, err)
		}
	}
	acknowledged := 3
	for err == nil { // until not even a journal line fits
		if head, err = s.Append(ctx, id, head, line(acknowledged+1)); err == nil {
			acknowledged++
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the journal: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Logf("closing says: %v", err)
	}
	again := openStore(t, home)
	if n, damage := read(t, again); n != acknowledged || damage != nil {
		t.Errorf("%d lines of %d, %v", n, acknowledged, damage)
	}
	if texts, err := again.Drafts(ctx, id); err != nil || texts["note"] != "half a word" {
		t.Errorf("the draft: %q, %v", texts, err)
	}
	if all, err := again.List(ctx); err != nil || len(all) != 1 || all[0].Target != "before" {
		t.Errorf("the list: %+v, %v", all, err)
	}
	for name := range files(t, home) {
		if strings.Contains(name, tmpPrefix) || strings.Contains(name, evidenceDir) {
			t.Errorf("left behind: %s", name)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if lock, err = again.Lock(ctx, id); err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if _, err := again.Append(ctx, id, head, line(acknowledged+1)); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := again.PutBlob(ctx, id, sum, bytes.NewReader(body)); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

// fill takes all but about a page of a disk.
func fill(t *testing.T, disk string) string {
	t.Helper()
	name := filepath.Join(disk, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if f.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return name
}
