package deploy

import (
	"context"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type channelParams struct {
	Required bool           `toml:"required" doc:"no channel at all fails; default false: it is not judged"`
	Channels checks.Strings `toml:"channels" doc:"those of sentry, telegram, slack, pagerduty, opsgenie, email and teams that must all be configured; default any one"`
	Among    checks.Strings `toml:"among" doc:"those of them that count where any one will do; default all: Sentry collects errors, and wakes nobody by itself"`
}

var alertingChannel = checks.Define(checks.Kind{
	ID:       "ops.alerting.channel",
	Title:    "A channel that tells people is configured",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.High,
	Sends:    "nothing; reads the declared env files. No message is sent",
	Rule: "PASS: at least one channel, or each named one, is complete and has the form its vendor documents: a Sentry DSN, a Telegram token with chat, a Slack webhook or bot token with channel, " +
		"a PagerDuty key of 32 characters, an Opsgenie key (UUID), an SMTP host with recipients, a Teams workflow address. WARN: only parts of one, a malformed one beside a good one, a mail catcher, " +
		"or a Teams connector, which Microsoft retires. FAIL: malformed; none while required, or a named one is missing. Pending: none and not required. A placeholder is none.",
	Fix:  "Set the credential from the secret store and send one message by hand each month.",
	Refs: []string{"SRE App. E", "ASVS 16.5.4"},
}, func(ctx context.Context, p *checks.Probe, params channelParams) checks.Result {
	for _, name := range slices.Concat(params.Channels, params.Among) {
		if _, known := channels[name]; !known {
			return local.Unclear(p, "alert channels", "channels: "+name+" is none: want "+strings.Join(channelNames, ", "))
		}
	}
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	states := map[string]channelState{}
	for name, read := range channels {
		states[name] = read(env)
	}
	v, say := judgeChannels(states, params)
	var body strings.Builder
	for _, name := range channelNames {
		body.WriteString(name + ": " + string(states[name].Form) + states[name].note() + "\n")
	}
	return checks.NewResult(v, checks.Configuration, say, p.Note("alert channels", body.String()))
})

// channelForm is how far a channel is configured.
type channelForm string

// The forms. A placeholder counts as absent.
const (
	formAbsent    channelForm = "not set"
	formPart      channelForm = "set in part"
	formMalformed channelForm = "malformed"
	formWeak      channelForm = "set, with a doubt"
	formGood      channelForm = "well formed"
)

// channelState is what is known of one channel; no value is.
type channelState struct {
	Form channelForm
	Say  string // what is missing or doubtful, in names
}

func (s channelState) note() string {
	if s.Say == "" {
		return ""
	}
	return " (" + s.Say + ")"
}

var channelNames = []string{"sentry", "telegram", "slack", "pagerduty", "opsgenie", "email", "teams"}

// channels read one channel each. The names are those that vendors' examples and common
// libraries use.
var channels = map[string]func(*source.Env) channelState{
	"sentry": func(env *source.Env) channelState {
		return single(setValue(env, "SENTRY_DSN"), "SENTRY_DSN", func(v string) bool {
			form, _ := judgeSentry(sentryFacts{DSN: v}, true)
			return form != checks.Fail
		})
	},
	"telegram": func(env *source.Env) channelState {
		return both(setValue(env, "TELEGRAM_BOT_TOKEN", "TELEGRAM_TOKEN", "TG_BOT_TOKEN"), "the bot token", telegramToken.MatchString,
			setValue(env, "TELEGRAM_CHAT_ID", "TELEGRAM_CHAT", "TG_CHAT_ID"), "the chat id", telegramChat.MatchString)
	},
	"slack": readSlack,
	"pagerduty": func(env *source.Env) channelState {
		return single(setValue(env, "PAGERDUTY_ROUTING_KEY", "PAGERDUTY_INTEGRATION_KEY", "PAGERDUTY_SERVICE_KEY", "PAGERDUTY_KEY", "PD_ROUTING_KEY"),
			"the PagerDuty key", pagerdutyKey.MatchString)
	},
	"opsgenie": func(env *source.Env) channelState {
		return single(setValue(env, "OPSGENIE_API_KEY", "OPSGENIE_KEY"), "the Opsgenie key", opsgenieKey.MatchString)
	},
	"email": readMail,
	"teams": readTeams,
}

// The forms that vendors document: Slack's incoming webhooks, workflows and triggers, its bot
// tokens and channels; PagerDuty's Events API v2; Opsgenie's API integration; the addresses
// of Power Automate workflows and of the connectors before them.
var (
	slackHook    = regexp.MustCompile(`^https://hooks\.slack(-gov)?\.com/(services/T[A-Z0-9]{7,}/B[A-Z0-9]{7,}/[A-Za-z0-9]{20,}|workflows/T[A-Z0-9]{7,}/A[A-Z0-9]{7,}/[0-9]+/[A-Za-z0-9]{20,}|triggers/[TE][A-Z0-9]{7,}/[0-9]+/[A-Za-z0-9]{20,})$`)
	slackBot     = regexp.MustCompile(`^xoxb-[0-9]{9,}-[0-9]{9,}-[A-Za-z0-9]{20,}$`)
	slackChannel = regexp.MustCompile(`^(#[^\s#]{1,80}|[CGD][A-Z0-9]{8,}|[a-z0-9_-]{1,80})$`)
	pagerdutyKey = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)
	opsgenieKey  = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	teamsFlow    = regexp.MustCompile(`(?i)^https://[a-z0-9.-]+\.(logic\.azure\.com|powerplatform\.com)(:443)?/(\S*/)?workflows/[0-9a-f]{32}/triggers/[^/\s]+/paths/invoke/?\?\S*\bsig=[\w%-]{20,}`)
	teamsHook    = regexp.MustCompile(`(?i)^https://([a-z0-9-]+\.webhook\.office\.com/webhookb2|outlook\.office(365)?\.com/webhook)/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$`)
	mailCatcher  = regexp.MustCompile(`(?i)^(localhost|127\.0\.0\.1|::1|mailhog|mailpit|mailcatcher|maildev|.*\.mailtrap\.io|.*\.ethereal\.email)$`)
	documented   = regexp.MustCompile(`(?i)(^|[^a-z0-9])(example(\.(com|net|org))?|[a-z0-9-]+\.(example|invalid|test))($|[^a-z0-9.-])`)
)

// samples are the values that vendors' documentation shows, in parts: whole, they would stop
// a push to a forge.
var samples = []string{"110201543:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "4839574812:" + "AAFD39kkdpWt3ywyRZergyOLMaJhac60qcK", "123456789:" + "ABCdefGHIjklMNOpqrsTUVwxyz",
	"e93facc04764012d7bfb002500d5d1a6", "eb243592-faa2-4ba2-a551-1afdf565c889", "00000000-0000-0000-0000-000000000000"}

// setValue is the value of the first name that is set to more than a placeholder.
func setValue(env *source.Env, names ...string) string {
	for _, name := range names {
		value := valueOf(env, name)
		if value != "" && classify(name, value, "") == classSet && !stands(value) {
			return value
		}
	}
	return ""
}

// filling is a stretch of one or two characters repeated, as in T00000000 and XXXXXXXX.
var filling = regexp.MustCompile(`(?i)x{6,}|0{7,}|y{6,}|(1234567890?){2,}|abcdef(ghij)?[a-z0-9]*uvwxyz`)

// stands reports whether a value stands for one that is yet to be filled in.
func stands(value string) bool {
	return slices.Contains(samples, value) || documented.MatchString(value) || filling.MatchString(value)
}

func single(value, name string, wellFormed func(string) bool) channelState {
	switch {
	case value == "":
		return channelState{Form: formAbsent}
	case !wellFormed(value):
		return channelState{formMalformed, name}
	}
	return channelState{Form: formGood}
}

// both judges a channel that needs two values.
func both(one, oneName string, oneForm func(string) bool, two, twoName string, twoForm func(string) bool) channelState {
	a, b := single(one, oneName, oneForm), single(two, twoName, twoForm)
	switch {
	case a.Form == formMalformed:
		return a
	case b.Form == formMalformed:
		return b
	case a.Form == b.Form:
		return a
	case a.Form == formAbsent:
		return channelState{formPart, oneName + " is missing"}
	}
	return channelState{formPart, twoName + " is missing"}
}

func readSlack(env *source.Env) channelState {
	hook := single(setValue(env, "SLACK_WEBHOOK_URL", "SLACK_WEBHOOK", "SLACK_ALERT_WEBHOOK", "SLACK_ALERTS_WEBHOOK_URL", "SLACK_API_URL", "ALERT_SLACK_WEBHOOK"),
		"the Slack webhook", slackHook.MatchString)
	if hook.Form != formAbsent {
		return hook
	}
	token := setValue(env, "SLACK_BOT_TOKEN", "SLACK_TOKEN", "SLACK_API_TOKEN")
	if token == "" {
		return hook // a channel's name alone tells nothing
	}
	return both(token, "the Slack bot token", slackBot.MatchString,
		setValue(env, "SLACK_CHANNEL", "SLACK_CHANNEL_ID", "SLACK_ALERT_CHANNEL", "SLACK_ALERTS_CHANNEL"), "the Slack channel", slackChannel.MatchString)
}

func readTeams(env *source.Env) channelState {
	value := setValue(env, "TEAMS_WEBHOOK_URL", "TEAMS_WEBHOOK", "MSTEAMS_WEBHOOK_URL", "MS_TEAMS_WEBHOOK_URL", "MS_TEAMS_WEBHOOK", "MSTEAMS_WEBHOOK")
	if teamsHook.MatchString(value) {
		return channelState{formWeak, "a connector's address: Microsoft retires connectors, use a workflow"}
	}
	return single(value, "the Teams workflow's address", teamsFlow.MatchString)
}

// readMail wants a server to send through and somebody to send to.
func readMail(env *source.Env) channelState {
	to := setValue(env, "ALERT_EMAIL", "ALERT_EMAIL_TO", "ALERTS_EMAIL", "ALERT_EMAILS", "ALERT_RECIPIENTS", "ALERT_TO", "ONCALL_EMAIL", "ON_CALL_EMAIL", "ADMIN_EMAIL")
	host := setValue(env, "SMTP_HOST", "EMAIL_HOST", "MAIL_HOST", "SMTP_SERVER", "MAIL_SERVER", "SMTP_ADDRESS")
	if address := setValue(env, "SMTP_URL", "MAIL_URL", "EMAIL_URL"); host == "" && address != "" {
		u, err := url.Parse(address)
		if err != nil || !strings.HasPrefix(u.Scheme, "smtp") || u.Hostname() == "" {
			return channelState{formMalformed, "the SMTP address"}
		}
		host = u.Hostname()
	}
	if to == "" {
		return channelState{Form: formAbsent} // mail may be sent to users, not to those on call
	}
	state := both(host, "the SMTP host", isHost, to, "the recipients", isRecipients)
	if state.Form == formGood && mailCatcher.MatchString(withoutPort(host)) {
		return channelState{formWeak, "the SMTP host is this machine or catches mail for tests"}
	}
	return state
}

func withoutPort(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		return h
	}
	return host
}

func isHost(v string) bool {
	h := withoutPort(v)
	return hostName.MatchString(h) || net.ParseIP(h) != nil
}

func isRecipients(v string) bool {
	all, err := mail.ParseAddressList(strings.NewReplacer(";", ",", " ", ",").Replace(v))
	if err != nil {
		all, err = mail.ParseAddressList(v)
	}
	return err == nil && len(all) > 0 && !slices.ContainsFunc(all, func(a *mail.Address) bool {
		_, domain, _ := strings.Cut(a.Address, "@")
		return !strings.Contains(domain, ".") || !hostName.MatchString(domain)
	})
}

// judgeChannels judges those that are named, else all together.
func judgeChannels(states map[string]channelState, params channelParams) (checks.Verdict, string) {
	by := map[channelForm][]string{}
	looked := channelNames
	switch {
	case len(params.Channels) > 0:
		looked = params.Channels
	case len(params.Among) > 0:
		looked = params.Among
	}
	for _, name := range looked {
		by[states[name].Form] = append(by[states[name].Form], name+states[name].note())
	}
	list := func(f channelForm) string { return strings.Join(by[f], ", ") }
	good, wrong := len(by[formGood]) > 0, len(by[formMalformed]) > 0
	switch {
	case len(params.Channels) > 0 && wrong, wrong && !good:
		return checks.Fail, "malformed: " + list(formMalformed)
	case len(params.Channels) > 0 && len(by[formAbsent]) > 0:
		return checks.Fail, "not set: " + list(formAbsent)
	case len(params.Channels) > 0 && len(by[formPart])+len(by[formWeak]) > 0, !good && len(by[formPart])+len(by[formWeak]) > 0:
		return checks.Warn, "not whole: " + strings.Join(append(by[formPart], by[formWeak]...), ", ")
	case good && wrong:
		return checks.Warn, "well formed: " + list(formGood) + "; malformed: " + list(formMalformed)
	case good:
		return checks.Pass, "well formed: " + list(formGood) + "; whether a message arrives is not judged"
	case params.Required:
		return checks.Fail, "no channel that tells people is set"
	}
	return checks.Pending, "not declared: no channel that tells people is set in the env files; if another is used, say so"
}
