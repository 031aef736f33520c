package filestore

import (
	"bytes"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// crashDisk is a disk in memory that knows what of it is durable: of a file what was
// flushed, of a folder the entries it had when it was flushed (fsync(2)). What came after
// may have reached the disk when the power goes, wholly, in part or not at all.
type crashDisk struct{ root *inode }

// inode is a file or a folder.
type inode struct {
	folder bool

	live, flushed []byte   // a file's bytes
	unflushed     []change // writes and truncations since

	entries, durable map[string]*inode // a folder's
	pending          []entryChange     // changes to them since it was flushed
}

// entryChange is what one system call does to the entries of one folder: all of it happens
// or nothing (ext4, XFS, Btrfs and APFS journal renames).
type entryChange struct {
	gone, name string // either may be empty
	node       *inode
	into       *inode // of what was moved to another folder: it is never in neither
}

func newFolder() *inode {
	return &inode{folder: true, entries: map[string]*inode{}, durable: map[string]*inode{}}
}

func newCrashDisk() *crashDisk { return &crashDisk{newFolder()} }

// at is what a path names, or nil.
func (d *crashDisk) at(name string) *inode {
	n := d.root
	if name == "." {
		return n
	}
	for part := range strings.SplitSeq(name, "/") {
		if n == nil || !n.folder {
			return nil
		}
		n = n.entries[part]
	}
	return n
}

// enter changes the entries of a folder.
func (n *inode) enter(c entryChange) {
	c.apply(n.entries)
	n.pending = append(n.pending, c)
}

func (c entryChange) apply(entries map[string]*inode) {
	if c.gone != "" {
		delete(entries, c.gone)
	}
	if c.name != "" {
		entries[c.name] = c.node
	}
}

// do is a system call; one that the system would refuse changes nothing.
func (d *crashDisk) do(c change) {
	n, in, base := d.at(c.name), d.at(path.Dir(c.name)), path.Base(c.name)
	switch {
	case c.op == "mkdir" && n == nil:
		in.enter(entryChange{name: base, node: newFolder()})
	case c.op == "create" && n == nil:
		in.enter(entryChange{name: base, node: &inode{}})
	case n == nil:
	case c.op == "write":
		n.live = append(n.live, c.data...)
		n.unflushed = append(n.unflushed, change{op: "write", data: bytes.Clone(c.data)})
	case c.op == "truncate":
		n.live = n.live[:min(int(c.size), len(n.live))]
		n.unflushed = append(n.unflushed, c)
	case c.op == "remove":
		in.enter(entryChange{gone: base})
	case c.op == "link" && d.at(c.to) == nil:
		d.at(path.Dir(c.to)).enter(entryChange{name: path.Base(c.to), node: n})
	case c.op == "rename":
		to := d.at(path.Dir(c.to))
		if to == in {
			in.enter(entryChange{gone: base, name: path.Base(c.to), node: n})
			return
		}
		in.enter(entryChange{gone: base, node: n, into: to})
		to.enter(entryChange{name: path.Base(c.to), node: n})
	case c.op == "sync" && n.folder:
		n.durable, n.pending = maps.Clone(n.entries), nil
	case c.op == "sync":
		n.flushed, n.unflushed = bytes.Clone(n.live), nil
	}
}

// A fate says how much of what was not flushed the power cut left: of n changes in order
// how many, and what of the one after them.
type fate struct {
	name string
	keep func(n int) int
	torn func(b []byte) []byte // of a write that arrived in part
}

// fates are all there are: nothing, everything, a file's length without its bytes, and
// parts.
func fates(r *rand.Rand) []fate {
	none := func([]byte) []byte { return nil }
	list := []fate{
		{"nothing", func(int) int { return 0 }, none},
		{"everything", func(n int) int { return n }, none},
		{"all but the last", func(n int) int { return max(n-1, 0) }, none},
		{"lengths only", func(int) int { return 0 }, func(b []byte) []byte { return make([]byte, len(b)) }},
		{"half of zeros", func(n int) int { return max(n-1, 0) }, func(b []byte) []byte { return slices.Concat(b[:len(b)/2], make([]byte, len(b)-len(b)/2)) }},
	}
	for range 3 {
		list = append(list, fate{"a part", func(n int) int { return r.IntN(n + 1) }, func(b []byte) []byte { return b[:r.IntN(len(b)+1)] }})
	}
	return list
}

// afterPowerCut writes what a power cut leaves into a folder.
func (d *crashDisk) afterPowerCut(t *testing.T, f fate, home string) {
	t.Helper()
	chosen := map[*inode]map[string]*inode{}
	d.root.spill(t, home, func(n *inode) (map[string]*inode, []byte) {
		if n.folder {
			return n.left(f, chosen), nil
		}
		data, k := bytes.Clone(n.flushed), f.keep(len(n.unflushed))
		for _, c := range n.unflushed[:k] {
			data = c.on(data)
		}
		if k < len(n.unflushed) && n.unflushed[k].op == "write" {
			data = append(data, f.torn(n.unflushed[k].data)...)
		}
		return nil, data
	})
}

// left are the entries of a folder after a power cut.
func (n *inode) left(f fate, chosen map[*inode]map[string]*inode) map[string]*inode {
	if chosen[n] == nil {
		chosen[n] = maps.Clone(n.durable)
		for _, c := range n.pending[:f.keep(len(n.pending))] {
			if c.into != nil && !slices.Contains(slices.Collect(maps.Values(c.into.left(f, chosen))), c.node) {
				break
			}
			c.apply(chosen[n])
		}
	}
	return chosen[n]
}

// afterKill writes what the death of the process leaves into a folder: everything.
func (d *crashDisk) afterKill(t *testing.T, home string) {
	t.Helper()
	d.root.spill(t, home, func(n *inode) (map[string]*inode, []byte) { return n.entries, n.live })
}

// on does a write or a truncation to a file's bytes.
func (c change) on(data []byte) []byte {
	if c.op == "write" {
		return append(data, c.data...)
	}
	return data[:min(int(c.size), len(data))]
}

func (n *inode) spill(t *testing.T, at string, left func(*inode) (map[string]*inode, []byte)) {
	t.Helper()
	entries, data := left(n)
	if !n.folder {
		mode := fs.FileMode(0o600)
		if strings.Contains(at, evidenceDir) {
			mode = 0o400
		}
		if err := os.WriteFile(at, data, mode); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.Mkdir(at, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, child := range entries {
		child.spill(t, filepath.Join(at, name), left)
	}
}

// files are a folder's files by path, without the locks, whose content nobody relies on.
func files(t *testing.T, home string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(home, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == lockFile {
			return err
		}
		b, err := os.ReadFile(name)
		rel, _ := filepath.Rel(home, name)
		out[rel] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// dontWait spares a test the waiting for real flushes.
func dontWait(s *Store) {
	s.syncData = func(*os.File) error { return nil }
	s.syncFolder = s.syncData
}
