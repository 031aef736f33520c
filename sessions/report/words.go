package report

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// percent1 is an overall figure: one decimal, "35.2 %".
func percent1(x float64) string { return fmt.Sprintf("%.1f %%", sessions.Rounded(x, 1)) }

// span1 is a range: "35.2–43.9 %".
func span1(low, high float64) string {
	return fmt.Sprintf("%.1f–%.1f %%", sessions.Rounded(low, 1), sessions.Rounded(high, 1))
}

// categoryPercent is a category's figure: two decimals for a pass rate, one for a weighted
// score.
func categoryPercent(x float64, method string) string {
	if method == "passrate" {
		return fmt.Sprintf("%.2f %%", sessions.Rounded(x, 2))
	}
	return percent1(x)
}

// plural is "1 item", "2 items".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// were is "1 question is", "2 questions are".
func were(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return fmt.Sprintf("%d %ss are", n, noun)
}

// waiting is "1 item waits", "2 items wait".
func waiting(n int) string {
	if n == 1 {
		return "1 item waits"
	}
	return fmt.Sprintf("%d items wait", n)
}

// dayRange is "2–3 days", with weeks of five working days from one week on.
func dayRange(low, high float64) string {
	days := span(low, high, "day")
	if high <= 5 {
		return days
	}
	return fmt.Sprintf("%s (%s)", days, span(math.Ceil(low/5), math.Ceil(high/5), "week"))
}

func span(low, high float64, noun string) string {
	l, h := trimFloat(low), trimFloat(high)
	if l == h {
		if l == "1" {
			return "1 " + noun
		}
		return h + " " + noun + "s"
	}
	return l + "–" + h + " " + noun + "s"
}

func trimFloat(x float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", x), "0"), ".")
}

// verdictSigns stand beside a verdict's word, never instead of it.
var verdictSigns = map[checks.Verdict]string{
	checks.Pass: "✓", checks.Warn: "!", checks.Fail: "✘", checks.Inconclusive: "?", checks.NA: "–", checks.Pending: "·",
}

// colourWords are the colours as the report prints them.
var colourWords = map[string]string{"green": "GREEN", "amber": "YELLOW", "red": "RED"}

// hole is {name}, or {name noun} for a number with its noun in the right form.
var hole = regexp.MustCompile(`\{([a-z]+)( [a-z ]+)?\}`)

// fill puts counts into the holes of a profile's phrase.
func fill(phrase string, counts map[string]int) string {
	return hole.ReplaceAllStringFunc(phrase, func(h string) string {
		m := hole.FindStringSubmatch(h)
		n, known := counts[m[1]]
		switch {
		case !known:
			return h
		case m[2] != "":
			return plural(n, m[2][1:])
		}
		return strconv.Itoa(n)
	})
}

// Figure is a category's score as people read it.
func Figure(d *Document, c Category) string {
	switch {
	case c.Empty:
		return "na"
	case c.Incomplete:
		return "incomplete"
	}
	return categoryPercent(c.Score, d.Profile.Method)
}

// CountNote is "8 pass, 12 warn": zeros are left out.
func CountNote(c sessions.Counts) string { return countNote(c) }

// Overall is the overall score with its range and coverage.
func Overall(d *Document) string {
	return fmt.Sprintf("%s (%s, coverage %s)", percent1(d.Score.Overall), span1(d.Score.Low, d.Score.High), percent1(d.Score.Coverage))
}
