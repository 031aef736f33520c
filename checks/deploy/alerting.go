package deploy

import (
	"context"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type alertingParams struct {
	Required bool `toml:"required" doc:"absent fails; default false: absent is not judged"`
}

var alertingSentry = checks.Define(checks.Kind{
	ID:       "ops.alerting.sentry",
	Title:    "Sentry is configured",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.Medium,
	Sends:    "nothing; reads the declared env files and the manifests. No event is sent",
	Rule: "PASS: SENTRY_DSN is https://KEY@HOST/PROJECT, an SDK is among the dependencies, environment and release are set. WARN: no SDK; the " +
		"old secret part; http; SENTRY_ENVIRONMENT or SENTRY_RELEASE unset. FAIL: malformed; absent, empty or a placeholder while required. " +
		"Pending: absent and not required.",
	Fix:  "Set SENTRY_DSN, SENTRY_ENVIRONMENT and SENTRY_RELEASE, add the SDK, and raise a test error by hand each month.",
	Refs: []string{"ASVS 16.5.4"},
}, func(ctx context.Context, p *checks.Probe, params alertingParams) checks.Result {
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	facts := sentryFacts{DSN: valueOf(env, "SENTRY_DSN"), Environment: valueOf(env, "SENTRY_ENVIRONMENT") != "", Release: valueOf(env, "SENTRY_RELEASE") != ""}
	if p.Target.Repository != "" {
		tree, none := local.Repository(ctx, p)
		if none != nil {
			return *none
		}
		facts.SDK = findDependency(tree, sentrySDK)
	}
	v, say := judgeSentry(facts, params.Required)
	body := "SENTRY_DSN: " + string(classify("SENTRY_DSN", facts.DSN, "")) + "\nSDK declared in: " + orNone(facts.SDK) +
		"\nSENTRY_ENVIRONMENT set: " + yesNo(facts.Environment) + "\nSENTRY_RELEASE set: " + yesNo(facts.Release) + "\n"
	return checks.NewResult(v, checks.Configuration, say, p.Note("Sentry", body))
})

// sentryFacts is what is known of the configuration; the DSN never leaves the kind.
type sentryFacts struct {
	DSN                  string
	SDK                  string // manifest that declares one
	Environment, Release bool
}

var (
	sentrySDK     = regexp.MustCompile(`(?i)(^|[/@:-])sentry([-_/.]|$)`)
	sentryProject = regexp.MustCompile(`^/(?:[^?#]*/)?[0-9]+$`)
)

func judgeSentry(f sentryFacts, required bool) (checks.Verdict, string) {
	c := classify("SENTRY_DSN", f.DSN, "")
	if c == classSet && stands(f.DSN) {
		c = classPlaceholder
	}
	if c != classSet {
		if required {
			return checks.Fail, "SENTRY_DSN is not set (" + string(c) + ")"
		}
		return checks.Pending, "not declared: SENTRY_DSN is not set; if another tool is used, say so"
	}
	u, err := url.Parse(f.DSN)
	if err != nil || u.Host == "" || u.User == nil || u.User.Username() == "" || !sentryProject.MatchString(u.Path) || u.Scheme != "https" && u.Scheme != "http" {
		return checks.Fail, "SENTRY_DSN is malformed: it is not https://KEY@HOST/PROJECT"
	}
	_, secret := u.User.Password()
	var weak []string
	for _, w := range []struct {
		when bool
		say  string
	}{
		{f.SDK == "", "no SDK among the dependencies"},
		{secret, "the DSN has the old secret part"},
		{u.Scheme == "http", "the DSN is plain http"},
		{!f.Environment, "SENTRY_ENVIRONMENT is unset"},
		{!f.Release, "SENTRY_RELEASE is unset"},
	} {
		if w.when {
			weak = append(weak, w.say)
		}
	}
	if len(weak) > 0 {
		return checks.Warn, strings.Join(weak, "; ")
	}
	return checks.Pass, "DSN well formed, SDK in " + f.SDK
}

var alertingTelegram = checks.Define(checks.Kind{
	ID:       "ops.alerting.telegram",
	Title:    "Telegram alerts are configured",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.Low,
	Sends:    "nothing; reads the declared env files. No message is sent",
	Rule: "PASS: a bot token and a chat id, both well formed. WARN: one of the two is missing. FAIL: one is malformed; both are absent while " +
		"required. Pending: both absent and not required.",
	Fix:  "TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID from the secret store; send a test message by hand each month.",
	Refs: []string{"ASVS 16.5.4"},
}, func(ctx context.Context, p *checks.Probe, params alertingParams) checks.Result {
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	token := valueOf(env, "TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN", "TG_BOT_TOKEN")
	chat := valueOf(env, "TELEGRAM_CHAT_ID", "TELEGRAM_CHAT", "TG_CHAT_ID")
	v, say := judgeTelegram(token, chat, params.Required)
	body := "bot token: " + string(classify("TELEGRAM_BOT_TOKEN", token, "")) + "\nchat id: " + string(classify("TELEGRAM_CHAT_ID", chat, "")) + "\n"
	return checks.NewResult(v, checks.Configuration, say, p.Note("Telegram", body))
})

var (
	telegramToken = regexp.MustCompile(`^\d{8,10}:[A-Za-z0-9_-]{35}$`)
	telegramChat  = regexp.MustCompile(`^-?\d{5,}$|^@\w{5,}$`)
)

func judgeTelegram(token, chat string, required bool) (checks.Verdict, string) {
	noToken := classify("TELEGRAM_BOT_TOKEN", token, "") != classSet || stands(token)
	noChat := classify("TELEGRAM_CHAT_ID", chat, "") != classSet || stands(chat)
	switch {
	case noToken && noChat && required:
		return checks.Fail, "bot token and chat id are not set"
	case noToken && noChat:
		return checks.Pending, "not declared: bot token and chat id are not set; if another channel is used, say so"
	case !noToken && !telegramToken.MatchString(token):
		return checks.Fail, "the bot token is malformed"
	case !noChat && !telegramChat.MatchString(chat):
		return checks.Fail, "the chat id is malformed"
	case noToken:
		return checks.Warn, "the bot token is not set"
	case noChat:
		return checks.Warn, "the chat id is not set"
	}
	return checks.Pass, "bot token and chat id are well formed"
}

// valueOf is the value of the first name that an env file sets, "" when none does or it
// counts as empty.
func valueOf(env *source.Env, names ...string) string {
	for _, name := range names {
		if value, _, ok := env.Lookup(name); ok && !isEmpty(value) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// findDependency returns the first manifest that declares a dependency of a matching name,
// "" when none does.
func findDependency(tree *source.Tree, name *regexp.Regexp) string {
	for _, file := range findManifests(tree) {
		src, err := tree.Read(file, local.MaxFile)
		if err != nil {
			continue
		}
		if m, err := ecosystemOf(file).read(src); err == nil {
			for dependency := range m.Dependencies {
				if name.MatchString(dependency) {
					return file
				}
			}
		}
	}
	return ""
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
