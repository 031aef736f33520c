// Package profiles holds the built-in profiles as TOML and finds those of the house. It
// may import checks.
package profiles

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

//go:embed *.toml
var builtin embed.FS

// Default is the profile of a review that names none.
const Default = "production"

// Names lists the built-in profiles, the default one first.
func Names() []string {
	files, err := fs.Glob(builtin, "*.toml")
	if err != nil {
		panic(err) // the pattern is constant
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(f, ".toml")
	}
	if i := slices.Index(names, Default); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, Default)
	}
	return names
}

// Source is the TOML of a built-in profile.
func Source(id string) ([]byte, error) {
	if slices.Contains(Names(), id) {
		return builtin.ReadFile(id + ".toml")
	}
	return nil, unknown(id, Names())
}

// User lists the profiles in configDir/profiles by name; none where there is no such
// folder.
func User(configDir string) []string {
	entries, _ := os.ReadDir(filepath.Join(configDir, "profiles"))
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !e.IsDir() && configDir != "" {
			names = append(names, name)
		}
	}
	return names
}

// Load reads a profile: a built-in one by its id, one of configDir/profiles by its name, or
// any by its file, which is told by a slash or the ending .toml. An empty name is the
// default. A profile may extend a built-in one and may not take its id.
func Load(nameOrFile, configDir string) (*checks.Profile, error) {
	if nameOrFile == "" {
		nameOrFile = Default
	}
	if strings.ContainsAny(nameOrFile, `/\`) || path.Ext(nameOrFile) == ".toml" {
		return loadFile(nameOrFile)
	}
	if slices.Contains(Names(), nameOrFile) {
		src, err := Source(nameOrFile)
		if err != nil {
			return nil, err
		}
		return checks.ParseProfile(nameOrFile+".toml", src, Source)
	}
	if !slices.Contains(User(configDir), nameOrFile) {
		return nil, unknown(nameOrFile, append(Names(), User(configDir)...))
	}
	return loadFile(filepath.Join(configDir, "profiles", nameOrFile+".toml"))
}

func loadFile(file string) (*checks.Profile, error) {
	src, err := checks.ReadConfig(file)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	p, err := checks.ParseProfile(file, src, Source)
	if err != nil {
		return nil, err
	}
	if slices.Contains(Names(), p.ID) {
		return nil, fmt.Errorf(`%s: id %q is a built-in profile's: give it another, and extends = %q to build on it`, file, p.ID, p.ID)
	}
	return p, nil
}

func unknown(name string, known []string) error {
	hint := "; there are " + strings.Join(known, ", ")
	if near := checks.Nearest(name, known); near != "" {
		hint = fmt.Sprintf(": did you mean %q?", near)
	}
	return unknownError(fmt.Sprintf("no profile %q%s", name, hint))
}

// unknownError is a profile that is not there; it is an os.ErrNotExist.
type unknownError string

func (e unknownError) Error() string        { return string(e) }
func (e unknownError) Is(target error) bool { return target == os.ErrNotExist }
