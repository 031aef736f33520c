package results

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// readAdvisories reads any of the known reports, told apart by the keys at their top.
func readAdvisories(name string, src []byte) (scan, origin, error) {
	var first map[string]jsontext.Value
	err := stream(src, func(v jsontext.Value) error {
		if v.Kind() != '{' {
			return errNone("the report of a known dependency scanner")
		}
		if first == nil {
			return json.Unmarshal(v, &first)
		}
		return nil
	})
	if err != nil {
		return scan{}, origin{}, err
	}
	has := func(keys ...string) bool {
		for _, key := range keys {
			if _, there := first[key]; !there {
				return false
			}
		}
		return true
	}
	switch {
	case has("config") && !has("results"), has("progress"), has("finding"), has("osv"), has("SBOM"):
		return readGovulncheck(src)
	case has("runs", "version"):
		return readAdvisorySARIF(name, src)
	case has("SchemaVersion"):
		return readTrivy(src)
	case has("matches", "descriptor"):
		return readGrype(src)
	case has("auditReportVersion"), has("advisories", "metadata"), has("vulnerabilities", "metadata"):
		return readNpmAudit(src)
	case has("dependencies", "fixes"):
		return readPipAudit(src)
	case has("results"):
		return readOSV(src)
	case has("error"), has("message"):
		return scan{}, origin{}, errors.New("the scanner's own error message, not a report")
	}
	return scan{}, origin{}, errNone("the report of a known dependency scanner")
}

// osvReport is osv-scanner's JSON. Without --all-packages it lists only what is affected.
type osvReport struct {
	Results []struct {
		Packages []struct {
			Package struct {
				Name    string `json:"name"`
				Version string `json:"version"`
			} `json:"package"`
			Vulnerabilities []osvEntry `json:"vulnerabilities"`
			Groups          []struct {
				IDs      []string `json:"ids"`
				Max      loose    `json:"max_severity"`
				Analysis map[string]struct {
					Called *bool `json:"called"`
				} `json:"experimentalAnalysis"`
			} `json:"groups"`
		} `json:"packages"`
	} `json:"results"`
}

type osvEntry struct {
	ID       string `json:"id"`
	Specific struct {
		Severity loose `json:"severity"`
	} `json:"database_specific"`
	Affected []struct {
		Ranges []struct {
			Events []struct {
				Fixed string `json:"fixed"`
			} `json:"events"`
		} `json:"ranges"`
	} `json:"affected"`
}

func readOSV(src []byte) (s scan, from origin, err error) {
	var report osvReport
	if err := decode(src, &report); err != nil {
		return s, from, err
	}
	from.tool = "osv-scanner"
	for _, result := range report.Results {
		for _, p := range result.Packages {
			s.packages++
			entries := map[string]osvEntry{}
			for _, v := range p.Vulnerabilities {
				entries[v.ID] = v
			}
			grouped := map[string]bool{}
			for _, g := range p.Groups {
				v := vulnerability{id: strings.Join(g.IDs, ", "), pkg: p.Package.Name + " " + p.Package.Version}
				if score, err := strconv.ParseFloat(string(g.Max), 64); err == nil {
					v.rating = scored(score)
				}
				for _, id := range g.IDs {
					grouped[id] = true
					v.rating = max(v.rating, entries[id].rating())
					v.fixed = cmp.Or(v.fixed, entries[id].fixedIn())
					if c := g.Analysis[id].Called; c != nil {
						v.reach = worseReach(v.reach, *c)
					}
				}
				s.vulns = append(s.vulns, v)
			}
			for _, e := range p.Vulnerabilities {
				if !grouped[e.ID] {
					s.vulns = append(s.vulns, vulnerability{id: e.ID, pkg: p.Package.Name + " " + p.Package.Version, rating: e.rating(), fixed: e.fixedIn()})
				}
			}
		}
	}
	return s, from, nil
}

// worseReach joins what is known of several names of one weakness.
func worseReach(known reach, isCalled bool) reach {
	if isCalled || known == called {
		return called
	}
	return notCalled
}

// rating is what the advisory's own database says. A malicious package is critical.
func (e osvEntry) rating() rating {
	if strings.HasPrefix(e.ID, "MAL-") {
		return critical
	}
	return rated(string(e.Specific.Severity))
}

func (e osvEntry) fixedIn() string {
	for _, a := range e.Affected {
		for _, r := range a.Ranges {
			for _, event := range r.Events {
				if event.Fixed != "" {
					return event.Fixed
				}
			}
		}
	}
	return ""
}

// rated reads a severity word as the scanners write it.
func rated(word string) rating {
	switch strings.ToLower(word) {
	case "critical":
		return critical
	case "high", "important":
		return high
	case "medium", "moderate":
		return medium
	case "low", "negligible", "info":
		return low
	}
	return unrated
}

// govulncheckMessage is one object of govulncheck's stream (protocol v1.0.0).
type govulncheckMessage struct {
	Config *struct {
		Name    string `json:"scanner_name"`
		Version string `json:"scanner_version"`
		Level   string `json:"scan_level"`
		Mode    string `json:"scan_mode"`
	} `json:"config"`
	Progress struct {
		Message string `json:"message"`
	} `json:"progress"`
	SBOM struct {
		Modules []struct{} `json:"modules"`
	} `json:"SBOM"`
	Finding *struct {
		OSV   string `json:"osv"`
		Fixed string `json:"fixed_version"`
		Trace []struct {
			Module   string `json:"module"`
			Version  string `json:"version"`
			Function string `json:"function"`
		} `json:"trace"`
	} `json:"finding"`
}

// readGovulncheck reads the stream. It states no severities; a finding whose trace begins
// with a function is one whose code is called; that other code is not called is known only
// where the source was followed down to symbols. Each weakness of a module is reported up
// to three times, from its module down to the function.
func readGovulncheck(src []byte) (s scan, from origin, err error) {
	type key struct{ osv, module string }
	found := map[key]vulnerability{}
	var order []key
	precise, configured, checked := false, false, false
	err = stream(src, func(value jsontext.Value) error {
		var m govulncheckMessage
		if err := json.Unmarshal(value, &m); err != nil {
			return err
		}
		if c := m.Config; c != nil {
			configured, precise = true, c.Level == "symbol" && c.Mode == "source"
			from.tool = strings.TrimSpace(c.Name + " " + c.Version)
			if c.Mode != "source" && c.Mode != "binary" && c.Mode != "" {
				return fmt.Errorf("govulncheck in mode %q checks no program", c.Mode)
			}
		}
		checked = checked || strings.HasPrefix(m.Progress.Message, "Checking the ")
		s.packages += len(m.SBOM.Modules)
		f := m.Finding
		if f == nil {
			return nil
		}
		if len(f.Trace) == 0 {
			return errors.New("a finding without a trace")
		}
		k := key{f.OSV, f.Trace[0].Module}
		v, seen := found[k]
		if !seen {
			order = append(order, k)
			v = vulnerability{id: f.OSV, pkg: strings.TrimSpace(f.Trace[0].Module + " " + f.Trace[0].Version)}
		}
		v.fixed = cmp.Or(v.fixed, f.Fixed)
		if f.Trace[0].Function != "" {
			v.reach = called
		}
		found[k] = v
		return nil
	})
	if err != nil {
		return s, from, err
	}
	for _, k := range order {
		v := found[k]
		if v.reach != called && precise {
			v.reach = notCalled
		}
		s.vulns = append(s.vulns, v)
	}
	switch {
	case !configured:
		s.trouble = "govulncheck's configuration is missing: the stream does not begin at its beginning"
	case !checked:
		s.trouble = "govulncheck broke off before it checked the code"
	}
	return s, from, nil
}
