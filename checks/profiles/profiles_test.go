package profiles

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// TestBuiltIn holds that every built-in profile reads without a mistake and that its
// Source reads back as the same profile.
func TestBuiltIn(t *testing.T) {
	for _, name := range Names() {
		p, err := Load(name, t.TempDir())
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if p.ID != name {
			t.Errorf("%s.toml has id %q", name, p.ID)
		}
		again, err := checks.ParseProfile(p.Path, p.Source, nil)
		if err != nil {
			t.Errorf("%s read back:\n%v", name, err)
			continue
		}
		if !reflect.DeepEqual(p, again) {
			t.Errorf("%s read back differs", name)
		}
	}
}

const mine = `id = "mine"
title = "Mine"
version = 1
extends = "production"
[gates]
go_mark = 99
`

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, src string) string {
		file := filepath.Join(dir, "profiles", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	file := write("mine.toml", mine)
	write("phase5.toml", strings.Replace(mine, `"mine"`, `"phase5"`, 1))
	base, err := Load("", dir)
	if err != nil || base.ID != Default {
		t.Fatalf("no name: %v, %v", base, err)
	}
	for _, name := range []string{"mine", file} {
		p, err := Load(name, dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if p.ID != "mine" || p.Gates.GoMark != 99 || len(p.Categories) != len(base.Categories) || p.Path != file {
			t.Errorf("%s: id %s, go mark %v, %d categories, from %s", name, p.ID, p.Gates.GoMark, len(p.Categories), p.Path)
		}
	}
	if p, err := Load("phase5", dir); err != nil || p.Title == "Mine" {
		t.Errorf("a profile of the house hides a built-in one: %v", err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "profiles", "phase5.toml"): `id "phase5" is a built-in profile's`,
		"prodution":                  `no profile "prodution": did you mean "production"?`,
		"min":                        `no profile "min": did you mean "mine"?`,
		filepath.Join(dir, "x.toml"): "no such file",
	} {
		if _, err := Load(name, dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	if _, err := Load("nothing", ""); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "there are production, full-stack, phase5") {
		t.Errorf("no configuration folder: %v", err)
	}
}
