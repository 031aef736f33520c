package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/cmd/gonogo/help"
	"assess/gonogo/sessions/report"
	"assess/gonogo/tui"
)

func (a *app) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [TOPIC | COMMAND]",
		Short: "Documentation in the binary: " + strings.Join(help.Topics(), ", ") + ", keys, json-schema",
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				if err := root.Help(); err != nil {
					return err
				}
				fmt.Fprintf(a.out, "\nTopics for gonogo help TOPIC: %s, keys, json-schema\n", strings.Join(help.Topics(), ", "))
				return nil
			}
			if args[0] == "keys" {
				_, err := fmt.Fprint(a.out, tui.KeyHelp(configDir()))
				return err
			}
			if args[0] == "json-schema" {
				schema, err := report.JSONSchema()
				if err == nil {
					_, err = a.out.Write(schema)
				}
				return err
			}
			if text, ok := help.Topic(args[0]); ok {
				if args[0] == "templates" {
					text += report.Fields()
				}
				_, err := fmt.Fprint(a.out, text)
				return err
			}
			if c, _, err := root.Find(args); err == nil && c != root {
				return c.Help()
			}
			near := checks.Nearest(args[0], append(help.Topics(), "keys", "json-schema"))
			return usage(hint(errors.New("no topic or command "+args[0]), "gonogo help lists both"+didYouMean(near)))
		},
	}
}
