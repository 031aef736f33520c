package deploy

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/config"
	"github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"

	"assess/gonogo/checks/secrets"
)

// genericRule is gitleaks' rule for anything random after a word such as "key": nine of ten
// of its findings in libraries are none.
const genericRule = "generic-api-key"

// shaRule takes every commit id for a token where the issuer's name stands in the file; only
// what has the issuer's prefix counts.
const shaRule = "sourcegraph-access-token"

// weakRules are those of gitleaks that match more than one issuer's own form: what they
// find is a warning. So is what the rules find that look for an issuer's name near a value.
var weakRules = []string{
	genericRule, "jwt", "jwt-base64", "curl-auth-header", "curl-auth-user", "kubernetes-secret-yaml", "nuget-config-password",
	"square-access-token", "clickhouse-cloud-api-secret-key", "artifactory-reference-token",
	"aws-amazon-bedrock-api-key-short-lived", "facebook-access-token", "vault-service-token", "twilio-api-key", "octopus-deploy-api-key", "hashicorp-tf-password",
}

// idRules are left out: what they find is meant to be known.
var idRules = []string{
	"flutterwave-public-key", "discord-client-id", "asana-client-id", "adobe-client-id", "twitch-client-id",
	"linkedin-client-id", "gitter-access-token-id", "bitbucket-client-id", "pkcs12-file",
}

// choiceRules find what somebody chose or encoded: it need not look random.
var choiceRules = []string{"kubernetes-secret-yaml", "nuget-config-password", "curl-auth-header", "curl-auth-user", "jwt", "jwt-base64", genericRule}

// byName is the part of a pattern that looks for an assignment behind an issuer's name.
const byName = `{1,3}=|`

// engine is gitleaks with its own rules and without anything that a repository says about
// itself: neither .gitleaks.toml nor .gitleaksignore is read, and a comment silences nothing.
type engine struct {
	detector *detect.Detector
	weak     map[string]bool
}

// engines are built at their first use, which takes a twentieth of a second: the rules are
// read through viper's global instance, and what gitleaks logs would hold the secrets.
var engines = sync.OnceValues(func() (map[bool]*engine, error) {
	logging.Logger = zerolog.Nop()
	d, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		return nil, err
	}
	all := d.Config
	all.Allowlists = withoutPaths(all.Allowlists)
	return map[bool]*engine{false: newEngine(all, genericRule), true: newEngine(all)}, nil
})

// withoutPaths takes the file names out of the exceptions that hold for every rule: which
// files are looked at is decided here.
func withoutPaths(lists []*config.Allowlist) []*config.Allowlist {
	var out []*config.Allowlist
	for _, a := range lists {
		bare := &config.Allowlist{Description: a.Description, MatchCondition: a.MatchCondition, RegexTarget: a.RegexTarget,
			Regexes: a.Regexes, StopWords: a.StopWords}
		if bare.Validate() == nil {
			out = append(out, bare)
		}
	}
	return out
}

// newEngine makes an engine of all rules but some.
func newEngine(all config.Config, without ...string) *engine {
	e := &engine{weak: map[string]bool{}}
	c := all
	c.Rules, c.Keywords = map[string]config.Rule{}, map[string]struct{}{}
	for id, rule := range all.Rules {
		if rule.Regex == nil || slices.Contains(idRules, id) || slices.Contains(without, id) {
			continue
		}
		c.Rules[id] = rule
		for _, k := range rule.Keywords {
			c.Keywords[k] = struct{}{}
		}
		e.weak[id] = slices.Contains(weakRules, id) || strings.Contains(rule.Regex.String(), byName)
	}
	e.detector = detect.NewDetector(c)
	e.detector.IgnoreGitleaksAllow = true
	return e
}

// find gives where secrets lie in a text. gitleaks hands them over as they are: only their
// places leave this function. What it found until ctx ended is no whole answer.
func (e *engine) find(ctx context.Context, name string, src []byte) (found []secrets.Match) {
	text := string(src)
	for _, f := range e.detector.DetectContext(ctx, detect.Fragment{Raw: text, FilePath: name}) {
		if f.Secret == "" || f.RuleID == shaRule && !strings.HasPrefix(f.Secret, "sgp_") {
			continue
		}
		from := lineStart(src, f.StartLine)
		at := strings.Index(text[from:], f.Secret)
		if at < 0 {
			continue // of a decoded part: there is none at depth 0
		}
		found = append(found, secrets.Match{Rule: f.RuleID, Specific: !e.weak[f.RuleID], Start: from + at, End: from + at + len(f.Secret)})
	}
	// The rules come in a map's order.
	slices.SortFunc(found, func(a, b secrets.Match) int { return cmp.Or(a.Start-b.Start, cmp.Compare(a.Rule, b.Rule)) })
	return found
}

// lineStart is where a line begins; lines count from 0.
func lineStart(src []byte, line int) int {
	at := 0
	for ; line > 0; line-- {
		i := bytes.IndexByte(src[at:], '\n')
		if i < 0 {
			return at
		}
		at += i + 1
	}
	return at
}
