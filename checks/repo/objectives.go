package repo

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

// objective is one service level objective.
type objective struct {
	Name     string
	Target   float64 // per cent; NaN when none is given
	Measured bool    // says what is measured
}

// objectives reads those of a document of OpenSLO, Sloth (as a file or a resource) or Pyrra.
func objectives(doc *yaml.Node) (found []objective) {
	at := func(n *yaml.Node, name string) *yaml.Node {
		for key, value := range local.Pairs(n) {
			if key.Value == name {
				return value
			}
		}
		return &yaml.Node{}
	}
	version, spec := at(doc, "apiVersion").Value, at(doc, "spec")
	name := at(at(doc, "metadata"), "name").Value
	switch {
	case strings.HasPrefix(version, "openslo") && at(doc, "kind").Value == "SLO":
		measured := at(spec, "indicator").Kind != 0 || at(spec, "indicatorRef").Kind != 0
		for _, o := range at(spec, "objectives").Content {
			target := percent(at(o, "target").Value, 100)
			if p := at(o, "targetPercent").Value; p != "" {
				target = percent(p, 1)
			}
			found = append(found, objective{name, target, measured || at(o, "indicator").Kind != 0})
		}
		if len(found) == 0 {
			found = append(found, objective{name, math.NaN(), measured})
		}
	case strings.HasPrefix(version, "pyrra.dev/"):
		found = append(found, objective{name, percent(at(spec, "target").Value, 1), at(spec, "indicator").Kind != 0})
	case strings.HasPrefix(version, "sloth.slok.dev/"), at(doc, "version").Value == "prometheus/v1":
		slos := at(doc, "slos")
		if len(slos.Content) == 0 {
			slos = at(spec, "slos")
		}
		for _, o := range slos.Content {
			found = append(found, objective{at(o, "name").Value, percent(at(o, "objective").Value, 1), at(o, "sli").Kind != 0})
		}
	}
	return found
}

func percent(s string, unit float64) float64 {
	f, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(s), "%"), 64)
	if err != nil {
		return math.NaN()
	}
	return f * unit
}

// judgeObjective applies the rule of repo.slo to one objective.
func judgeObjective(o objective) (checks.Verdict, string) {
	switch {
	case math.IsNaN(o.Target):
		return checks.Warn, "has no target"
	case o.Target <= 0 || o.Target >= 100:
		return checks.Warn, "has a target of " + strconv.FormatFloat(o.Target, 'g', 6, 64) + " %, which leaves no budget or asks nothing"
	case !o.Measured:
		return checks.Warn, "does not say what is measured"
	}
	return checks.Pass, "has a target of " + strconv.FormatFloat(o.Target, 'g', 6, 64) + " %"
}
