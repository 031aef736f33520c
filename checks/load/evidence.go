package load

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// labelWidth is how wide the names in a table are.
const labelWidth = 22

// The names in a table that Read looks for.
const (
	nameBegan     = "began"
	nameStretch   = "stretch"
	nameMeasured  = "measured"
	nameFailed    = "failed"
	nameAll       = "with warm-up"
	nameGood      = "good answers"
	nameSpread    = "spread"
	nameSilence   = "longest silence"
	nameKnee      = "knee"
	nameSaturated = "saturated"
	nameEnded     = "ended"
	nameUnfit     = "this machine"
	nameShared    = "bounded"
	nameUsed      = "ceilings"
	nameSeconds   = "second: good, failed, p50, p90, p99"
)

// table is the evidence of one stretch, for people, and for Read.
func table(title string, f *facts, s *checks.Stretched) string {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-*s %s\n", labelWidth, name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&b, "%s\n", title)
	line(nameStretch, "%d, %s", s.Part+1, s.Title)
	line(nameBegan, "%s, and took %s", f.Began.UTC().Format(stamp), f.Took.Round(time.Millisecond))
	line("users", "%d (most in flight %d)", f.Users, f.MostAtOnce)
	line(nameMeasured, "%s, %d answers, %d good, %.1f good a second", words(f.Elapsed), f.answers(), f.Count[good], f.rate())
	line(nameFailed, "%d %s", f.failed(), causes(f.Count))
	line(nameAll, "%d answers, %d failed", f.All, f.Bad)
	if f.Latency.n == 0 {
		line(nameGood, "none")
	} else {
		line(nameGood, "mean %s, p50 %s, p90 %s, p99 %s, max %s", words(f.Latency.mean()), words(s.P50), words(s.P90), words(s.P99), words(f.Latency.max))
	}
	if f.Latency.n >= 59 {
		line("p95", "%s", words(f.Latency.quantile(0.95)))
	}
	for i := range f.Routes {
		line("request", "%s", f.Routes[i].words())
	}
	line(nameSpread, "%s", spreadWords(&s.Spread))
	line("over the limits", "%d and %d of %d", f.OverPass, f.OverFail, f.Timed)
	line("given up at the end", "%d", f.Waiting)
	line("users one by one", "%d slow, %d not served", f.SlowUsers, f.Unserved)
	if f.Cold > 0 {
		line("start-up", "%d answers, %d failed", f.Cold, f.ColdBad)
	}
	if f.Odd+f.Cached > 0 {
		line("good, but", "%d of another length than one user's, %d from a cache", f.Odd, f.Cached)
	}
	if f.Gone != "" {
		line("afterwards", "%d requests in a row failed, the last: %s", lastAsks, f.Gone)
	}
	if f.Shared {
		line(nameShared, "%s", f.sharedWords())
	}
	if f.Extended > 0 {
		line("extended", "by %s, as it was borderline", words(f.Extended))
	}
	if f.Never > 0 {
		line("due, never sent", "%d", f.Never)
	}
	line(nameSilence, "%s", words(f.Silence))
	if s.Knee != "" {
		line(nameKnee, "%s", s.Knee)
	}
	if s.Saturated != "" {
		line(nameSaturated, "%s", s.Saturated)
	}
	if s.Cut != "" {
		line(nameEnded, "%s", s.Cut)
	}
	if s.Unfit != "" {
		line(nameUnfit, "%s", s.Unfit)
	}
	if s.Used.MostUsers > 0 {
		line(nameUsed, "%s", usedWords(s.Used))
	}
	fmt.Fprintf(&b, "  %s\n", nameSeconds)
	for i, at := range f.Seconds {
		h := &at.latency
		fmt.Fprintf(&b, "  %6d: %d, %d, %s, %s, %s\n", i, h.n, at.bad, words(h.quantile(0.5)), words(h.quantile(0.9)), words(h.quantile(0.99)))
	}
	return b.String()
}

// stamp is RFC 3339 with milliseconds.
const stamp = "2006-01-02T15:04:05.000Z07:00"

// usedForm is how much of each ceiling was used; 0 as the most of a rate is none.
const usedForm = "%d of %d requests, %d of %d bytes, %d of %d ms, %d ms left; at most %d users, %g requests/s"

func usedWords(u checks.Used) string {
	return fmt.Sprintf(usedForm, u.Requests, u.MostRequests, u.Bytes, u.MostBytes, u.Spent.Milliseconds(), u.MostTime.Milliseconds(), u.Left.Milliseconds(), u.MostUsers, u.MostRate)
}

// readUsed reads what usedWords wrote; nothing is used where it is anything else.
func readUsed(value string) (u checks.Used) {
	var spent, most, left int64
	n, _ := fmt.Sscanf(value, usedForm, &u.Requests, &u.MostRequests, &u.Bytes, &u.MostBytes, &spent, &most, &left, &u.MostUsers, &u.MostRate)
	least := min(u.Requests, u.Bytes, spent, left)
	if n != 9 || least < 0 || min(u.MostRequests, u.MostBytes, most, int64(u.MostUsers)) <= 0 || max(spent, most, left) > maxSpent.Milliseconds() || !(u.MostRate >= 0 && u.MostRate < 1e9) {
		return checks.Used{}
	}
	u.Spent, u.MostTime, u.Left = time.Duration(spent)*time.Millisecond, time.Duration(most)*time.Millisecond, time.Duration(left)*time.Millisecond
	return u
}

// maxSpent bounds what is believed of times in evidence.
const maxSpent = 24 * time.Hour

// spreadWords writes a spread as "under 5 ms: 12, under 7 ms: 40".
func spreadWords(s *checks.Spread) string {
	var parts []string
	for i, n := range s {
		switch {
		case n == 0:
		case i < len(checks.SpreadEdges):
			parts = append(parts, fmt.Sprintf("under %s: %d", checks.SpreadEdges[i], n))
		default:
			parts = append(parts, fmt.Sprintf("longer: %d", n))
		}
	}
	return strings.Join(parts, ", ")
}

// Second is what finished within one second of a measured stretch.
type Second struct {
	Good, Failed  int
	P50, P90, P99 time.Duration // of good answers; 0 where there are none
}

// Record is a stretch as its evidence tells it, to the precision of its words.
type Record struct {
	checks.Stretched
	Seconds []Second // from the end of the start-up on

	all, bad int // start-up included
}

// Read reads the stretches in a piece of evidence that a load check kept; none where it is
// anything else. Lines that it does not know are left alone.
func Read(evidence string) (sends clean.Text, out []Record) {
	label, body, ok := strings.Cut(evidence, "\n\n")
	if !ok || !strings.HasPrefix(label, "GET ") && !strings.HasPrefix(label, "mix of ") {
		return "", nil
	}
	var r *Record
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\n")
		name, value, ok := field(line)
		switch {
		case !strings.HasPrefix(line, "  "):
			r = nil
		case ok && name == nameStretch:
			out = append(out, Record{})
			r = &out[len(out)-1]
			part, title, _ := strings.Cut(value, ", ")
			n, _ := strconv.Atoi(part)
			r.Part, r.Title = n-1, string(clean.Line(title))
		case r == nil:
		case ok:
			r.take(name, value)
		default:
			r.second(line)
		}
	}
	return clean.Line(label), out
}

// field splits a line of a table into its name and its value.
func field(line string) (name, value string, ok bool) {
	if len(line) < labelWidth+3 || line[:2] != "  " || line[2] == ' ' {
		return "", "", false
	}
	return strings.TrimSpace(line[2 : labelWidth+2]), line[labelWidth+3:], true
}

func (r *Record) take(name, value string) {
	var took, elapsed, unit string
	var most, good int
	switch name {
	case nameBegan:
		at, rest, _ := strings.Cut(value, ", and took ")
		r.Began, _ = time.Parse(stamp, at)
		took = rest
		r.Took, _ = time.ParseDuration(took)
	case "users":
		_, _ = fmt.Sscanf(value, "%d (most in flight %d)", &r.Users, &most)
	case nameMeasured:
		_, _ = fmt.Sscanf(value, "%s %s %d answers, %d good, %f good a second", &elapsed, &unit, &r.Answers, &good, &r.Good)
	case nameFailed:
		_, _ = fmt.Sscanf(value, "%d", &r.Failed)
	case nameGood:
		for part := range strings.SplitSeq(value, ", ") {
			quantile, d, _ := strings.Cut(part, " ")
			switch quantile {
			case "p50":
				r.P50 = duration(d)
			case "p90":
				r.P90 = duration(d)
			case "p99":
				r.P99 = duration(d)
			}
		}
	case nameSpread:
		r.Spread = readSpread(value)
	case nameSilence:
		r.Silence = duration(value)
	case nameKnee:
		r.Knee = clean.Line(value)
	case nameSaturated:
		r.Saturated = clean.Line(value)
	case nameAll:
		_, _ = fmt.Sscanf(value, "%d answers, %d failed", &r.all, &r.bad)
	case nameEnded:
		r.Cut = clean.Line(value)
		r.Answers, r.Failed = r.all, r.bad
	case nameUsed:
		r.Used = readUsed(value)
	case nameUnfit:
		r.Unfit = clean.Line(value)
	}
}

// second reads one line of the seconds.
func (r *Record) second(line string) {
	at, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
	i, err := strconv.Atoi(at)
	parts := strings.Split(rest, ", ")
	if !ok || err != nil || i != len(r.Seconds) || len(parts) != 5 || i >= maxSeconds {
		return
	}
	s := Second{P50: duration(parts[2]), P90: duration(parts[3]), P99: duration(parts[4])}
	s.Good, _ = strconv.Atoi(parts[0])
	s.Failed, _ = strconv.Atoi(parts[1])
	r.Seconds = append(r.Seconds, s)
}

func readSpread(value string) (s checks.Spread) {
	for part := range strings.SplitSeq(value, ", ") {
		edge, n, _ := strings.Cut(part, ": ")
		count, _ := strconv.ParseUint(n, 10, 32)
		if edge == "longer" {
			s[len(s)-1] = uint32(count)
			continue
		}
		under, err := time.ParseDuration(strings.TrimPrefix(edge, "under "))
		for i, e := range checks.SpreadEdges {
			if err == nil && e == under {
				s[i] = uint32(count)
			}
		}
	}
	return s
}

// duration reads what words wrote.
func duration(text string) time.Duration {
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil || d < 0 {
		return 0
	}
	return d
}
