package app

import (
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/compare"
	"assess/gonogo/tui/screen/conditions"
	"assess/gonogo/tui/screen/decision"
	"assess/gonogo/tui/screen/finding"
	"assess/gonogo/tui/screen/findings"
	"assess/gonogo/tui/screen/history"
	"assess/gonogo/tui/screen/home"
	"assess/gonogo/tui/screen/live"
	"assess/gonogo/tui/screen/report"
	"assess/gonogo/tui/screen/search"
	"assess/gonogo/tui/screen/settings"
	"assess/gonogo/tui/screen/setup"
	"assess/gonogo/tui/screen/sign"
	"assess/gonogo/tui/screen/topic"
	"assess/gonogo/tui/screen/verify"
	"assess/gonogo/tui/screen/walk"
)

// screens is the one table of screens. A name that is missing here has no screen in this
// build, and whatever leads to it says so.
var screens = map[screen.Name]screen.Maker{
	screen.Home:       home.New,
	screen.Setup:      setup.New,
	screen.Walk:       walk.New,
	screen.Live:       live.New,
	screen.Decision:   decision.New,
	screen.Report:     report.New,
	screen.Findings:   findings.New,
	screen.Finding:    finding.New,
	screen.Search:     search.New,
	screen.Settings:   settings.New,
	screen.HelpText:   topic.New,
	screen.Conditions: conditions.New,
	screen.Sign:       sign.New,
	screen.Verify:     verify.New,
	screen.Compare:    compare.New,
	screen.Messages:   newMessages,
	screen.History:    history.New,
}
