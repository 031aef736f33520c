package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/checks/source"
	"assess/gonogo/checks/survey"
	"assess/gonogo/checks/web/answer"
	"assess/gonogo/sessions/handover"
)

func (a *app) initCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "init [PATH] [URL]",
		Short: "Write a first target.toml for a repository, a running system, or both",
		Long: "Look at a repository (PATH, default this folder), at a running system (URL), or at both, and write a\n" +
			"commented target.toml that can be run at once. Nothing of the repository is run and no value of an\n" +
			"environment variable is taken over. The URL is asked with ordinary GETs to its own origin alone:\n" +
			fmt.Sprintf("about %d, at most %d.", survey.About, survey.MaxRequests),
		Example: "  gonogo init -o target.toml\n  gonogo init ../app http://127.0.0.1:8000 -o target.toml",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, address, err := initArguments(args)
			if err != nil {
				return usage(err)
			}
			if toStandardOutput(out) {
				out = ""
			}
			return a.init(cmd.Context(), folder, address, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "new file to write (default and -: standard output)")
	return cmd
}

// initArguments tells the path from the URL, in either order. A URL alone is surveyed
// without a repository.
func initArguments(args []string) (folder string, address *survey.Address, err error) {
	for _, arg := range args {
		if !strings.Contains(arg, "://") {
			if folder != "" {
				return "", nil, hint(errors.New("two paths: give one repository and one URL at most"), "gonogo init --help tells more")
			}
			if folder = arg; arg == "" {
				return "", nil, errors.New("an empty path")
			}
			continue
		}
		if address != nil {
			return "", nil, hint(errors.New("two URLs: give one repository and one URL at most"), "gonogo init --help tells more")
		}
		at, err := survey.ParseAddress(arg)
		if err != nil {
			return "", nil, fmt.Errorf("the URL: %w", err)
		}
		address = &at
	}
	if folder == "" && address == nil {
		folder = "."
	}
	if folder == "" {
		return "", address, nil
	}
	switch info, err := os.Stat(folder); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil, hint(fmt.Errorf("%s: there is no such folder", folder), "a running system is given with its scheme, such as http://127.0.0.1:8000")
	case err != nil:
		return "", nil, err
	case !info.IsDir():
		return "", nil, fmt.Errorf("%s: not a folder", folder)
	}
	return folder, address, nil
}

// init surveys and writes the target file. Nothing is written before everything is known.
func (a *app) init(ctx context.Context, folder string, address *survey.Address, out string) error {
	if _, err := os.Lstat(out); out != "" && err == nil {
		return usage(hint(fmt.Errorf("%s is there already", out), "give another -o FILE; init never overwrites one"))
	}
	facts, err := a.survey(ctx, folder, address)
	if err != nil {
		return err
	}
	options := survey.RenderOptions{File: filepath.ToSlash(out)}
	if options.Repository, err = besideFile(out, folder); err != nil {
		return err
	}
	profile, err := profiles.Load(profiles.Default, configDir())
	if err != nil {
		return err
	}
	options.Roles = survey.Roles(profile)
	text, err := survey.Render(facts, options)
	if err != nil {
		return err
	}
	for _, line := range facts.Summary() {
		fmt.Fprintln(a.errOut, line)
	}
	if out == "" {
		_, err = a.out.Write(text)
		return err
	}
	if err := handover.Write(out, text, false); errors.Is(err, fs.ErrExist) {
		return usage(hint(err, "give another -o FILE; init never overwrites one"))
	} else if err != nil {
		return err
	}
	fmt.Fprintf(a.errOut, "wrote %s\nnext: gonogo run %s, or gonogo review %s\n", out, out, out)
	return nil
}

// survey looks at what was given.
func (a *app) survey(ctx context.Context, folder string, address *survey.Address) (survey.Facts, error) {
	var repository survey.Facts
	if folder != "" {
		tree, err := source.Open(folder)
		if err != nil {
			return survey.Facts{}, err
		}
		repository = survey.Repository(ctx, tree)
		tree.Close()
	}
	if address == nil {
		return repository, ctx.Err()
	}
	fmt.Fprintf(a.errOut, "asking %s: about %d ordinary GETs, at most %d, to this origin alone\n", address.Origin, survey.About, survey.MaxRequests)
	site, err := survey.Site(ctx, *address, survey.SiteOptions{Version: version, Known: repository})
	switch {
	case ctx.Err() != nil:
		return survey.Facts{}, errors.New("interrupted; nothing was written")
	case answer.Trouble(err) == observe.BadTLS:
		return survey.Facts{}, hint(err, "a private authority is trusted with SSL_CERT_FILE=authority.pem for this survey, and with [tls] ca_file in reviews; nothing was written")
	case err != nil:
		return survey.Facts{}, hint(err, "nothing was written; is it running, and is the URL right?")
	}
	return survey.Merge(repository, site), nil
}

// aTarget wants one target file, and says how to get a first one.
func aTarget(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage(hint(fmt.Errorf("%s needs a TARGET.toml", cmd.CommandPath()), "gonogo init -o target.toml writes a first one; gonogo help target explains it"))
	}
	return exactly("a TARGET.toml")(cmd, args)
}

// orInit says how to get a target file where there is none.
func orInit(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return hint(err, "gonogo init -o target.toml writes a first one for this folder")
	}
	return err
}

// besideFile is the repository's folder as a target file at out names it: relative where
// that is possible.
func besideFile(out, folder string) (string, error) {
	if folder == "" {
		return "", nil
	}
	at, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(filepath.Join(filepath.Dir(out), "target.toml"))
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(filepath.Dir(file), at)
	if err != nil {
		relative = at
	}
	return filepath.ToSlash(relative), nil
}
