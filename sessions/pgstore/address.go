package pgstore

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/checks/guard"
)

// hole is a place for a value of the environment: ${env:NAME}.
var hole = regexp.MustCompile(`\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}`)

// address is where the store is, and how one gets in.
type address struct {
	config *pgx.ConnConfig
	name   string // "gonogo on db.example:5432", for people
}

// Check reads a store's URL without connecting: see Open.
func Check(raw string) error {
	_, err := parse(raw)
	return err
}

// parse reads a postgres:// URL. A password stands in a hole, in PGPASSWORD or in a pgpass
// file, never in the URL itself: process lists and shell histories would show it. Off
// loopback the connection is encrypted, and without a word of the person's the server's
// certificate is verified.
func parse(raw string) (*address, error) {
	u, err := url.Parse(hole.ReplaceAllString(raw, "hole"))
	if err != nil {
		return nil, errors.New("the store's URL can't be read: want postgres://USER@HOST/DATABASE")
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return nil, errors.New("the store's URL has to begin with postgres://")
	}
	plain, err := url.Parse(hole.ReplaceAllString(raw, ""))
	if err != nil {
		return nil, errors.New("the store's URL can't be read where its ${env:…} are")
	}
	if p, _ := plain.User.Password(); p != "" || plain.Query().Get("password") != "" {
		return nil, errors.New("a password does not belong into the store's URL: set PGPASSWORD, write ~/.pgpass, or say postgres://USER:${env:NAME}@HOST/DATABASE")
	}
	full, err := fill(raw)
	if err != nil {
		return nil, err
	}
	c, err := pgx.ParseConfig(full)
	if err != nil {
		return nil, fmt.Errorf("the store's URL: %s", hidden(err, ""))
	}
	if err := secure(c, full); err != nil {
		return nil, err
	}
	c.RuntimeParams["default_transaction_isolation"] = "read committed"
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "gonogo"
	}
	return &address{config: c, name: fmt.Sprintf("%s on %s:%d", c.Database, c.Host, c.Port)}, nil
}

// fill puts the environment's values into the holes, as a URL writes them.
func fill(raw string) (string, error) {
	var missing error
	full := hole.ReplaceAllStringFunc(raw, func(h string) string {
		name := hole.FindStringSubmatch(h)[1]
		value, ok := os.LookupEnv(name)
		if !ok {
			missing = fmt.Errorf("the store's URL asks for %s, which is not set", name)
		}
		return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
	})
	return full, missing
}

// secure refuses to talk to another machine in the clear.
func secure(c *pgx.ConnConfig, raw string) error {
	away := ""
	clear := c.TLSConfig == nil
	if !local(c.Host) {
		away = c.Host
	}
	for _, f := range c.Fallbacks {
		if !local(f.Host) {
			away = f.Host
		}
		clear = clear || f.TLSConfig == nil
	}
	if away == "" {
		return nil
	}
	if said(raw) {
		if clear {
			return fmt.Errorf("%s is another machine: the store's URL has to say sslmode=verify-full (or require, which does not verify the server)", away)
		}
		return nil
	}
	join := "?"
	if strings.Contains(raw, "?") {
		join = "&"
	}
	verified, err := pgx.ParseConfig(raw + join + "sslmode=verify-full")
	if err != nil {
		return fmt.Errorf("the store's URL: %s", hidden(err, ""))
	}
	*c = *verified
	return nil
}

// said reports whether the person chose an sslmode.
func said(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Query().Get("sslmode") != "" || os.Getenv("PGSSLMODE") != ""
}

// local reports whether a host is this machine: loopback, or a socket's folder.
func local(host string) bool { return strings.HasPrefix(host, "/") || guard.IsLoopback(host) }

// hidden is an error's text without a password.
func hidden(err error, password string) string {
	text := err.Error()
	if password != "" {
		text = strings.ReplaceAll(text, password, "…")
	}
	return text
}
