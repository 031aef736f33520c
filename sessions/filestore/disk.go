package filestore

import (
	"io/fs"
	"os"
	"path"
)

// change is one system call that changes what is in a data folder.
type change struct {
	op   string // mkdir, create, write, truncate, sync, rename, link or remove
	name string // below the data folder
	to   string // the new name of a rename or a link
	data []byte // what is written
	size int64  // what a file is truncated to
}

// will tells a test of a change that is about to be made; its error is the system call's.
func (s *Store) will(c change) error {
	if s.watch == nil {
		return nil
	}
	return s.watch(c)
}

// tree is a folder and everything below it. Changes are made through its own methods,
// never those of its Root, so that tests see and fail every one of them.
type tree struct {
	*os.Root
	store *Store
	at    string // below the data folder
}

// sub opens a folder below.
func (d tree) sub(name string) (tree, error) {
	root, err := d.OpenRoot(name)
	return tree{root, d.store, path.Join(d.at, name)}, err
}

// Mkdir makes a folder.
func (d tree) Mkdir(name string, mode fs.FileMode) error {
	if err := d.store.will(change{op: "mkdir", name: path.Join(d.at, name)}); err != nil {
		return err
	}
	return d.Root.Mkdir(name, mode)
}

// Rename moves a file or folder, in place of a file of the new name.
func (d tree) Rename(name, to string) error {
	if err := d.store.will(change{op: "rename", name: path.Join(d.at, name), to: path.Join(d.at, to)}); err != nil {
		return err
	}
	return d.Root.Rename(name, to)
}

// Link gives a file one more name, which must be free.
func (d tree) Link(name, to string) error {
	if err := d.store.will(change{op: "link", name: path.Join(d.at, name), to: path.Join(d.at, to)}); err != nil {
		return err
	}
	return d.Root.Link(name, to)
}

// Remove takes a file away.
func (d tree) Remove(name string) error {
	if err := d.store.will(change{op: "remove", name: path.Join(d.at, name)}); err != nil {
		return err
	}
	return d.Root.Remove(name)
}

// create makes a file that must not be there yet.
func (d tree) create(name string, mode fs.FileMode) (*file, error) {
	if err := d.store.will(change{op: "create", name: path.Join(d.at, name)}); err != nil {
		return nil, err
	}
	return d.open(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
}

// open opens a file to write to.
func (d tree) open(name string, flag int, mode fs.FileMode) (*file, error) {
	f, err := d.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return &file{f, d.store, path.Join(d.at, name)}, nil
}

// sync makes the entries of a folder below durable.
func (d tree) sync(name string) error {
	if err := d.store.will(change{op: "sync", name: path.Join(d.at, name)}); err != nil {
		return err
	}
	f, err := d.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return d.store.syncFolder(f)
}

// file is a file that is written to, one system call at a time.
type file struct {
	*os.File
	store *Store
	at    string
}

// Write adds to the file's end.
func (f *file) Write(b []byte) (int, error) {
	if err := f.store.will(change{op: "write", name: f.at, data: b}); err != nil {
		return 0, err
	}
	return f.File.Write(b)
}

// Truncate cuts the file.
func (f *file) Truncate(size int64) error {
	if err := f.store.will(change{op: "truncate", name: f.at, size: size}); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// sync makes what was written durable. After it failed, what a second one says can't be
// trusted.
func (f *file) sync() error {
	if err := f.store.will(change{op: "sync", name: f.at}); err != nil {
		return err
	}
	return f.store.syncData(f.File)
}
