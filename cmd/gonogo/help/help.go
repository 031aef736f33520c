// Package help holds gonogo's documentation, one Markdown file a topic, embedded in the
// binary. It imports nothing of ours.
package help

import (
	"embed"
	"strings"
)

//go:embed *.md
var topics embed.FS

// Topics lists the topics by name, sorted.
func Topics() []string {
	entries, err := topics.ReadDir(".")
	if err != nil {
		panic(err) // the files are part of the binary
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".md"))
	}
	return out
}

// Topic returns a topic's text.
func Topic(name string) (string, bool) {
	if strings.ContainsAny(name, "/\\.") {
		return "", false
	}
	text, err := topics.ReadFile(name + ".md")
	return string(text), err == nil
}
