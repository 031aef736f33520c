package screen

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
)

// VerdictSign is a verdict's sign with its token.
func VerdictSign(v checks.Verdict) (string, themes.Token) {
	switch v {
	case checks.Pass:
		return themes.SignPass, themes.Pass
	case checks.Warn:
		return themes.SignWarn, themes.Warn
	case checks.Fail:
		return themes.SignFail, themes.Fail
	case checks.Inconclusive:
		return themes.SignInconclusive, themes.Unknown
	case checks.NA:
		return themes.SignNA, themes.Muted
	}
	return themes.SignPending, themes.Muted
}

// DecisionSign is the sign of a decision with its token.
func DecisionSign(d sessions.Decision) (string, themes.Token) {
	switch d {
	case sessions.Go:
		return themes.SignPass, themes.Pass
	case sessions.ConditionalGo:
		return themes.SignWarn, themes.Warn
	case sessions.NoGo:
		return themes.SignFail, themes.Fail
	}
	return themes.SignPending, themes.Muted
}

// Percent is a score with so many decimals: "35.2 %".
func Percent(v float64, decimals int) string {
	return strconv.FormatFloat(v, 'f', decimals, 64) + " %"
}

// Number groups thousands with blanks: "8 818".
func Number(n int) string {
	s := strconv.Itoa(n)
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Seconds is a duration as people read it: "84 ms", "1.9 s", "2 m 14 s", "1 h 05 m".
func Seconds(d time.Duration) string {
	switch {
	case d < 0:
		return "0 s"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d m %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %02d m", int(d.Hours()), int(d.Minutes())%60)
}

// Age is how long ago something was: "4 m", "3 h", "2 d", "5 w", then the date.
func Age(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return ""
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d m", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 7*24*time.Hour:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	case d < 10*7*24*time.Hour:
		return fmt.Sprintf("%d w", int(d.Hours()/24/7))
	}
	return t.Local().Format("2 Jan 2006")
}

// Bytes is a size: "4.1 KiB".
func Bytes(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
}

// Count is a number with its noun: "1 question", "4 questions".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}
