package deploy

import (
	"maps"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// Values of the documented forms, made up.
const (
	goodHook     = "https://hooks.slack.com/services/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"
	goodTelegram = "TELEGRAM_BOT_TOKEN=714209386:AAq7Zk2mVw9xLr4TnBs8YcHd3FgJp6Xe5Ws\nTELEGRAM_CHAT_ID=-1001827364550\n"
	goodPager    = "R7q4kd92mb8w3zp61rq7Zk2mVw9xLr4T"
	goodFlow     = "https://prod-23.westeurope.logic.azure.com:443/workflows/7d4f1c9ab2e84f6fa3d05b7c8e91d2f4/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=q7Zk2mVw9xLr4TnBs8YcHd3FgJp6Xe5WsAaBbCcDdEe"
	goodGenie    = "7d4f1c9a-b2e8-4f6f-a3d0-5b7c8e91d2f4"
)

func TestAlertingChannel(t *testing.T) {
	for name, c := range map[string]struct {
		env, params string
		want        checks.Verdict
		says        string
	}{
		"none":                      {"A=1", "", checks.Pending, "not declared"},
		"none, required":            {"A=1", "required = true", checks.Fail, "no channel"},
		"slack":                     {"SLACK_WEBHOOK_URL=" + goodHook, "", checks.Pass, "well formed: slack"},
		"slack, a workflow":         {"SLACK_WEBHOOK_URL=https://hooks.slack.com/triggers/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", "", checks.Pass, ""},
		"slack, documentation":      {"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", "required = true", checks.Fail, "no channel"},
		"slack, another host":       {"SLACK_WEBHOOK_URL=https://hooks.slack.com.evil.io/services/T7Q4KD92M/B8W3ZP61R/q7Zk2mVw9xLr4TnBs8YcHd3F", "", checks.Fail, "malformed"},
		"slack, cut off":            {"SLACK_WEBHOOK_URL=https://hooks.slack.com/services/T7Q4KD92M", "", checks.Fail, "malformed: slack"},
		"slack, plain http":         {"SLACK_WEBHOOK_URL=" + strings.Replace(goodHook, "https", "http", 1), "", checks.Fail, "malformed"},
		"slack bot":                 {"SLACK_BOT_TOKEN=xoxb-718392046182-918273645501-q7Zk2mVw9xLr4TnBs8YcHd3F\nSLACK_CHANNEL='#ops'", "", checks.Pass, "slack"},
		"slack bot without channel": {"SLACK_BOT_TOKEN=xoxb-718392046182-918273645501-q7Zk2mVw9xLr4TnBs8YcHd3F", "", checks.Warn, "channel is missing"},
		"slack channel alone":       {"SLACK_CHANNEL='#ops'", "", checks.Pending, ""},
		"telegram":                  {goodTelegram, "", checks.Pass, "telegram"},
		"telegram without chat":     {strings.Split(goodTelegram, "\n")[0], "", checks.Warn, "chat id is missing"},
		"telegram, documentation":   {"TELEGRAM_BOT_TOKEN=110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw\nTELEGRAM_CHAT_ID=-1001827364550", "", checks.Warn, "token is missing"},
		"pagerduty":                 {"PAGERDUTY_ROUTING_KEY=" + goodPager, "", checks.Pass, "pagerduty"},
		"pagerduty, too short":      {"PAGERDUTY_ROUTING_KEY=" + goodPager[1:], "", checks.Fail, "malformed"},
		"pagerduty, documentation":  {"PAGERDUTY_SERVICE_KEY=e93facc04764012d7bfb002500d5d1a6", "", checks.Pending, ""},
		"pagerduty, placeholder":    {"PAGERDUTY_ROUTING_KEY=your-routing-key-here", "", checks.Pending, ""},
		"opsgenie":                  {"OPSGENIE_API_KEY=" + goodGenie, "", checks.Pass, "opsgenie"},
		"opsgenie, zeros":           {"OPSGENIE_API_KEY=00000000-0000-0000-0000-000000000000", "", checks.Pending, ""},
		"sentry":                    {"SENTRY_DSN=https://7d4f1c9ab2e84f6fa3d05b7c8e91d2f4@o718392.ingest.sentry.io/4506", "", checks.Pass, "sentry"},
		"sentry, documentation":     {"SENTRY_DSN=https://examplePublicKey@o0.ingest.sentry.io/0", "", checks.Pending, ""},
		"sentry, malformed":         {"SENTRY_DSN=https://errors.atlas.internal", "", checks.Fail, "malformed"},
		"teams":                     {"TEAMS_WEBHOOK_URL=" + goodFlow, "", checks.Pass, "teams"},
		"teams, no signature":       {"TEAMS_WEBHOOK_URL=" + strings.Split(goodFlow, "&sig")[0], "", checks.Fail, "malformed"},
		"teams, a connector":        {"TEAMS_WEBHOOK_URL=https://atlas.webhook.office.com/webhookb2/" + goodGenie + "@" + goodGenie + "/IncomingWebhook/7d4f1c9ab2e84f6fa3d05b7c8e91d2f4/" + goodGenie, "", checks.Warn, "retires"},
		"mail":                      {"SMTP_HOST=mail.atlas.internal\nALERT_EMAIL=oncall@atlas.internal,second@atlas.internal", "", checks.Pass, "email"},
		"mail, an address":          {"SMTP_URL=smtps://u:q7canaryPw@mail.atlas.internal:465\nALERT_EMAIL=On Call <oncall@atlas.internal>", "", checks.Pass, "email"},
		"mail, nobody told":         {"SMTP_HOST=mail.atlas.internal", "", checks.Pending, ""},
		"mail, no server":           {"ALERT_EMAIL=oncall@atlas.internal", "", checks.Warn, "SMTP host is missing"},
		"mail, a catcher":           {"SMTP_HOST=mailhog:1025\nALERT_EMAIL=oncall@atlas.internal", "", checks.Warn, "catches"},
		"mail, documentation":       {"SMTP_HOST=smtp.example.com\nALERT_EMAIL=ops@example.com", "", checks.Pending, ""},
		"mail, malformed":           {"SMTP_HOST=mail.atlas.internal\nALERT_EMAIL=oncall", "", checks.Fail, "malformed"},
		"one good, one malformed":   {goodTelegram + "PAGERDUTY_ROUTING_KEY=short", "", checks.Warn, "malformed: pagerduty"},
		"the named one":             {goodTelegram + "PAGERDUTY_ROUTING_KEY=short", `channels = "telegram"`, checks.Pass, "telegram"},
		"the named one is missing":  {goodTelegram, `channels = ["telegram", "slack"]`, checks.Fail, "not set: slack"},
		"another does not count":    {"SENTRY_DSN=https://7d4f1c9ab2e84f6fa3d05b7c8e91d2f4@o718392.ingest.sentry.io/4506", `among = ["telegram", "slack"]`, checks.Pending, ""},
		"one of those that count":   {goodTelegram, `among = ["telegram", "slack"]`, checks.Pass, "telegram"},
		"an unknown one":            {goodTelegram, `channels = "pigeon"`, checks.Inconclusive, "pigeon"},
		"empty":                     {"SLACK_WEBHOOK_URL=\nTELEGRAM_BOT_TOKEN=${TOKEN}", "", checks.Pending, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o, evidence := kindtest.Run(t, alertingChannel, kindtest.Case{Files: map[string]string{".env": c.env + "\n"},
				Target: func(t *checks.Target) { t.EnvFiles = []string{".env"} }, Profile: c.params})
			if o.Verdict != c.want || !strings.Contains(string(o.Reason), c.says) {
				t.Errorf("%s, want %s %q: %s\n%s", o.Verdict, c.want, c.says, o.Reason, evidence)
			}
			for _, secret := range []string{"q7Zk", "7d4f", "714209", "R7q4", "q7canary", "oncall@"} {
				if strings.Contains(string(o.Reason)+evidence, secret) {
					t.Errorf("a value shows: %s\n%s", o.Reason, evidence)
				}
			}
		})
	}
	if len(channelNames) != len(channels) {
		t.Errorf("%d names of %d channels", len(channelNames), len(channels))
	}
	for name := range maps.Keys(channels) {
		if !strings.Contains(strings.Join(channelNames, " "), name) {
			t.Errorf("%s has no place", name)
		}
	}
}
