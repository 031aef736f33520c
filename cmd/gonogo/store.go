package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
	"assess/gonogo/sessions/pgstore"
)

// place is where sessions are kept: a folder, or a PostgreSQL database.
type place struct{ folder, database string }

// readPlace reads a store's URL: file:///FOLDER or postgres://USER@HOST/DATABASE. name is
// where it was said.
func readPlace(name, raw string) (place, error) {
	const do = "sessions are kept in a folder (file:///FOLDER, or --home DIR) or in PostgreSQL (postgres://USER@HOST/DATABASE)"
	scheme, _, ok := strings.Cut(raw, ":")
	if !ok {
		return place{}, hint(fmt.Errorf("%s wants a URL", name), do)
	}
	switch scheme {
	case "postgres", "postgresql":
		if err := pgstore.Check(raw); err != nil {
			return place{}, hint(fmt.Errorf("%s: %w", name, err), "gonogo help store tells how")
		}
		return place{database: raw}, nil
	case "file":
	default:
		return place{}, hint(fmt.Errorf("%s: %.40q is no kind of store", name, scheme), do)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host != "" && u.Host != "localhost" || !strings.HasPrefix(u.Path, "/") {
		return place{}, hint(fmt.Errorf("%s: a folder is named in full, behind three slashes", name), "such as file:///srv/gonogo")
	}
	return place{folder: filepath.FromSlash(u.Path)}, nil
}

// readStore turns --store, or else config.toml's store, into where sessions are kept. A
// folder named by --home goes before config.toml.
func (a *app) readStore() error {
	if a.store != "" {
		at, err := readPlace("--store", a.store)
		if err != nil {
			return err
		}
		if a.home != "" && at.folder != "" {
			return hint(errors.New("--store and --home both say where sessions are"), "give one of them")
		}
		a.take(at)
	}
	return nil
}

func (a *app) take(at place) {
	a.database = at.database
	if at.folder != "" {
		a.home = at.folder
	}
}

// configured takes config.toml's store where no flag says where sessions are.
func (a *app) configured() error {
	if a.store != "" || a.home != "" {
		return nil
	}
	c, err := a.quietConfig()
	if err != nil || c.Store == "" {
		return err
	}
	at, err := readPlace("config.toml: store", c.Store)
	if err != nil {
		return usage(err)
	}
	a.take(at)
	return nil
}

func (a *app) openStore() (sessions.Store, error) {
	if err := a.configured(); err != nil {
		return nil, err
	}
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	if a.database != "" {
		return a.openDatabase(dir)
	}
	st, err := filestore.Open(dir)
	if err != nil {
		return nil, hint(fmt.Errorf("open the sessions in %s: %w", dir, err), "give another folder with --home DIR")
	}
	return st, nil
}

// openDatabase opens the store in PostgreSQL; half-typed text stays in the data folder.
func (a *app) openDatabase(dir string) (sessions.Store, error) {
	by, _, err := a.actor()
	if err != nil {
		return nil, err
	}
	if err := filestore.Guard(dir); err != nil { // changes that wait there are sent in its owner's name
		return nil, err
	}
	sum := sha256.Sum256([]byte(a.database))
	st, err := pgstore.Open(context.Background(), a.database, pgstore.Options{By: by, Drafts: filepath.Join(dir, "shared", fmt.Sprintf("%x", sum[:8]))})
	if err != nil {
		return nil, hint(fmt.Errorf("open the store: %w", err), "gonogo help store tells what it needs; --home DIR keeps sessions on this machine instead")
	}
	for _, w := range st.Warnings() {
		if !a.warned {
			fmt.Fprintln(a.errOut, "gonogo: store:", clean.Line(w))
		}
	}
	a.warned = true
	return st, nil
}

// desk keeps what is typed and belongs to no session, on this machine whatever the store.
func (a *app) desk() (*filestore.Desk, error) {
	dir, err := a.dataDir()
	if err != nil {
		return nil, err
	}
	return filestore.OpenDesk(filepath.Join(dir, "drafts")), nil
}

// databaseOf looks at the store in PostgreSQL, where there is one.
func (a *app) databaseOf(ctx context.Context, f *found) {
	if err := a.configured(); err != nil {
		f.say(sessions.Wrong, "store", "see gonogo help store", "%v", err)
		return
	}
	if a.database == "" {
		return
	}
	st, err := pgstore.Open(ctx, a.database, pgstore.Options{})
	if err != nil {
		f.say(sessions.Wrong, "store", "see gonogo help store", "%v", err)
		return
	}
	defer st.Close()
	for _, w := range st.Warnings() {
		f.say(sessions.Worth, "store", "", "%s", w)
	}
	list, err := sessions.List(ctx, st, kinds.Registry())
	if err != nil {
		f.say(sessions.Wrong, "store", "", "%v", err)
		return
	}
	f.say(sessions.Sound, "store", "", "%s: %s", st.Name(), counted(len(list), "session", "sessions"))
	for _, s := range list {
		if s.Damaged != "" {
			f.say(sessions.Wrong, "store", "gonogo doctor "+s.ID+" tells more", "session %s: %s", s.ID, s.Damaged)
		}
	}
}
