package results

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// level is how bad a result is, in SARIF's words; larger is worse.
type level int

const (
	levelNone level = iota
	levelNote
	levelWarning
	levelError
)

var levelNames = map[string]level{"none": levelNone, "note": levelNote, "warning": levelWarning, "error": levelError}

func (l level) String() string { return []string{"none", "note", "warning", "error"}[l] }

// sarifResult is one result of a run that counts.
type sarifResult struct {
	rule     string
	level    level   // the worse of its level and what its security severity comes to
	security float64 // 0 to 10; -1 where none is stated
	where    string  // file:line
}

// sarifRun is one run of one tool.
type sarifRun struct {
	tool       string
	rules      int
	suppressed int
	results    []sarifResult
	listed     bool   // the run has a list of results, maybe empty
	succeeded  bool   // an invocation says so
	trouble    string // why the run proves nothing
}

// The parts of SARIF 2.1.0 that are read (OASIS sarif-v2.1.0, section 3).
type (
	sarifLog struct {
		Version string `json:"version"`
		Runs    []struct {
			Tool struct {
				Driver     sarifComponent   `json:"driver"`
				Extensions []sarifComponent `json:"extensions"`
			} `json:"tool"`
			Invocations []sarifInvocation `json:"invocations"`
			Results     []sarifEntry      `json:"results"`
			Provenance  []struct {
				Revision string `json:"revisionId"`
			} `json:"versionControlProvenance"`
			External struct {
				Results []struct{} `json:"results"`
			} `json:"externalPropertyFileReferences"`
		} `json:"runs"`
	}
	sarifComponent struct {
		Name            string      `json:"name"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string `json:"id"`
		Defaults struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
		Properties sarifSecurity `json:"properties"`
	}
	sarifSecurity struct {
		Severity loose `json:"security-severity"`
	}
	sarifInvocation struct {
		Successful *bool  `json:"executionSuccessful"`
		Ended      string `json:"endTimeUtc"`
		Execution  []struct {
			Level string `json:"level"`
		} `json:"toolExecutionNotifications"`
		Configuration []struct {
			Level string `json:"level"`
		} `json:"toolConfigurationNotifications"`
		Overrides []struct {
			Configuration struct {
				Level string `json:"level"`
			} `json:"configuration"`
			Descriptor sarifReference `json:"descriptor"`
		} `json:"ruleConfigurationOverrides"`
	}
	sarifReference struct {
		ID        string `json:"id"`
		Index     *int   `json:"index"`
		Component struct {
			Index *int `json:"index"`
		} `json:"toolComponent"`
	}
	sarifEntry struct {
		RuleID       string         `json:"ruleId"`
		RuleIndex    *int           `json:"ruleIndex"`
		Rule         sarifReference `json:"rule"`
		Level        string         `json:"level"`
		Kind         string         `json:"kind"`
		Baseline     string         `json:"baselineState"`
		Properties   sarifSecurity  `json:"properties"`
		Suppressions []struct {
			Status string `json:"status"`
		} `json:"suppressions"`
		Locations []struct {
			Physical struct {
				Artifact struct {
					URI string `json:"uri"`
				} `json:"artifactLocation"`
				Region struct {
					Line int `json:"startLine"`
				} `json:"region"`
			} `json:"physicalLocation"`
		} `json:"locations"`
	}
)

// readSARIF reads the runs of a SARIF 2.1.0 log.
func readSARIF(_ string, src []byte) ([]sarifRun, origin, error) {
	var log sarifLog
	var from origin
	if err := decode(src, &log); err != nil {
		return nil, from, err
	}
	switch {
	case log.Version == "" && log.Runs == nil:
		return nil, from, errNone("SARIF")
	case log.Version != "2.1.0":
		return nil, from, fmt.Errorf("SARIF version %q, not 2.1.0", log.Version)
	case len(log.Runs) == 0:
		return nil, from, fmt.Errorf("no run in it")
	}
	var runs []sarifRun
	var tools []string
	for _, r := range log.Runs {
		d := r.Tool.Driver
		run := sarifRun{tool: d.Name, listed: r.Results != nil, rules: len(d.Rules)}
		tools = append(tools, strings.TrimSpace(d.Name+" "+cmp.Or(d.SemanticVersion, d.Version)))
		for _, e := range r.Tool.Extensions {
			run.rules += len(e.Rules)
		}
		run.invoked(r.Invocations, &from)
		if len(r.External.Results) > 0 {
			run.trouble = "keeps results in files beside it"
		}
		for _, v := range r.Provenance {
			from.builds = append(from.builds, stated{"revisionId", v.Revision})
		}
		rules := append([]sarifComponent{d}, r.Tool.Extensions...)
		for _, e := range r.Results {
			run.take(e, rules, r.Invocations)
		}
		runs = append(runs, run)
	}
	from.tool = strings.Join(slices.Compact(tools), ", ")
	return runs, from, nil
}

// invoked notes whether the tool came through. Its end time is the file's date.
func (r *sarifRun) invoked(invocations []sarifInvocation, from *origin) {
	for _, i := range invocations {
		if ended := parseDate(i.Ended); from.made.IsZero() || !ended.IsZero() && ended.Before(from.made) {
			from.made = ended
		}
		switch {
		case i.Successful != nil && !*i.Successful:
			r.trouble = "says that its execution failed"
		case i.Successful != nil:
			r.succeeded = true
		}
		for _, n := range append(i.Execution, i.Configuration...) {
			if n.Level == "error" {
				r.trouble = "reports an error of the tool itself"
			}
		}
	}
}

// take adds one result, unless it is suppressed, gone since the baseline, or no finding.
func (r *sarifRun) take(e sarifEntry, components []sarifComponent, invocations []sarifInvocation) {
	if e.suppressed() {
		r.suppressed++
		return
	}
	switch e.Kind {
	case "pass", "notApplicable", "informational":
		return
	}
	if e.Baseline == "absent" {
		return
	}
	rule, found := e.lookUp(components)
	out := sarifResult{rule: cmp.Or(e.RuleID, e.Rule.ID, rule.ID, "a rule without a name"), security: -1, where: e.where()}
	out.level = e.levelBy(rule, found, invocations)
	for _, severity := range []loose{rule.Properties.Severity, e.Properties.Severity} {
		if s, err := strconv.ParseFloat(string(severity), 64); err == nil && s > out.security {
			out.security = s
		}
	}
	out.level = max(out.level, securityLevel(out.security))
	r.results = append(r.results, out)
}

// suppressed: at least one suppression, and none under review or rejected (3.27.23).
func (e sarifEntry) suppressed() bool {
	for _, s := range e.Suppressions {
		if s.Status != "" && s.Status != "accepted" {
			return false
		}
	}
	return len(e.Suppressions) > 0
}

// lookUp finds the rule that a result names, by index or else by id (3.52.3).
func (e sarifEntry) lookUp(components []sarifComponent) (sarifRule, bool) {
	rules := components[0].Rules
	if c := e.Rule.Component.Index; c != nil && *c >= 0 && *c+1 < len(components) {
		rules = components[*c+1].Rules
	}
	for _, index := range []*int{e.RuleIndex, e.Rule.Index} {
		if index != nil && *index >= 0 && *index < len(rules) {
			return rules[*index], true
		}
	}
	id := cmp.Or(e.RuleID, e.Rule.ID)
	for _, c := range components {
		for _, rule := range c.Rules {
			if id != "" && (rule.ID == id || strings.HasPrefix(id, rule.ID+"/")) {
				return rule, true
			}
		}
	}
	return sarifRule{}, false
}

// levelBy is the level of a result (3.27.10): its own, else of the rule's configuration,
// else warning. A word that SARIF does not have counts as error; what a person has still to
// look at (review, open) as warning.
func (e sarifEntry) levelBy(rule sarifRule, found bool, invocations []sarifInvocation) level {
	words := []string{e.Level}
	switch {
	case e.Kind == "review", e.Kind == "open":
		words = []string{"warning"}
	case e.Level == "" && found:
		words = []string{cmp.Or(rule.Defaults.Level, "warning")}
		for _, i := range invocations {
			for _, o := range i.Overrides {
				if o.Descriptor.ID == rule.ID && rule.ID != "" && o.Configuration.Level != "" {
					words = append(words, o.Configuration.Level)
				}
			}
		}
	case e.Level == "":
		words = []string{"warning"}
	}
	worst := levelNone
	for _, word := range words {
		l, known := levelNames[word]
		if !known {
			l = levelError
		}
		worst = max(worst, l)
	}
	return worst
}

// securityLevel is what code scanning pages make of a CVSS-like score: high and critical
// are errors, medium a warning.
func securityLevel(score float64) level {
	switch {
	case score >= 7:
		return levelError
	case score >= 4:
		return levelWarning
	case score > 0:
		return levelNote
	}
	return levelNone
}

// where names the first location. Of an absolute path only the end is shown: the rest
// names people and machines.
func (e sarifEntry) where() string {
	if len(e.Locations) == 0 {
		return "no location"
	}
	p := e.Locations[0].Physical
	uri := p.Artifact.URI
	if strings.Contains(uri, ":") || strings.HasPrefix(uri, "/") {
		uri = "…/" + path.Join(path.Base(path.Dir(uri)), path.Base(uri))
	}
	if p.Region.Line > 0 {
		return fmt.Sprintf("%s:%d", uri, p.Region.Line)
	}
	return uri
}
