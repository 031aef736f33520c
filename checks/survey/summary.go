package survey

import (
	"fmt"
	"strings"
)

// Summary tells a person in a few lines what was found and what was not.
func (f Facts) Summary() []string {
	var lines []string
	say := func(label string, parts []string) {
		if len(parts) > 6 {
			parts = append(parts[:6:6], fmt.Sprintf("and %d more", len(parts)-6))
		}
		if len(parts) > 0 {
			lines = append(lines, fmt.Sprintf("%-10s ", label)+tidy(strings.Join(parts, ", "), 3*maxPath))
		}
	}
	var found, missing []string
	tell := func(what string, n int, examples ...Found) {
		switch {
		case n == 0:
			missing = append(missing, what)
		case len(examples) > 0:
			found = append(found, what+" "+examples[0].Value)
		default:
			found = append(found, fmt.Sprintf("%d %s", n, what))
		}
	}
	say("seen:", values(f.Stack))
	say("ships:", values(f.Ships))
	health := sure(f.Paths["health"])
	tell("health route", len(health), health...)
	docs := sure(f.Paths["docs"])
	tell("API description", len(docs), docs...)
	metrics := sure(f.Paths["metrics"])
	tell("metrics", len(metrics), metrics...)
	if f.Repository {
		tell("services", len(f.Services))
		tell("environment variables", len(f.Required))
	}
	say("found:", found)
	say("not found:", missing)
	for _, note := range f.Notes {
		lines = append(lines, "note: "+tidy(note, 3*maxPath))
	}
	return lines
}

func values(found []Found) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Value)
	}
	return out
}
