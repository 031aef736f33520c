package live

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// column is one column of the table, its text at the right end.
type column struct {
	name  string
	w     int
	least int // width of the window from which it is shown
	of    func(f *figures) string
	token themes.Token
}

// tableWidth is how wide the table is beside the ceilings; kindWidth its last column, which
// tells what is no step and where the knee is.
const (
	tableWidth = 74
	kindWidth  = 7
)

var columns = []column{
	{sentLabel, 8, 66, func(f *figures) string { return screen.Number(f.sent) }, themes.Text},
	{goodLabel, 8, 50, func(f *figures) string { return perSecond(f.good) }, themes.Text},
	{failedLabel, 8, 0, func(f *figures) string { return share(f.failed, f.sent) }, themes.Text},
	{"p50", 9, 0, func(f *figures) string { return quantile(f.p50) }, themes.P50},
	{"p90", 9, 58, func(f *figures) string { return quantile(f.p90) }, themes.P90},
	{"p99", 9, 42, func(f *figures) string { return quantile(f.p99) }, themes.P99},
}

// quantile is a latency, or nothing where there was no answer.
func quantile(d time.Duration) string {
	if d == 0 {
		return themes.SignNA
	}
	return latency(d)
}

// heads paints the table's first line into a line.
func (s *live) heads(line *paint.Line, w int) {
	line.Right(themes.Muted, stepLabel, 8).Right(themes.Muted, usersLabel, 7)
	for _, c := range columns {
		if w >= c.least {
			line.Right(themes.Muted, c.name, c.w)
		}
	}
}

// row paints one step into a line.
func (s *live) row(line *paint.Line, l *screen.Load, i, w, room int) {
	r := &l.Rows[i]
	cursor := " "
	if s.moved && i == s.list.At && !s.notes {
		cursor = themes.SignCursor
	}
	sign, token := screen.VerdictSign(r.Verdict)
	if r.Running {
		sign, token = themes.SignRunning, themes.Running
	}
	line.Add(themes.Focus, cursor).Add(token, sign).Right(themes.Text, fmt.Sprint(i+1), 6).Right(themes.Text, fmt.Sprint(r.Users), 7)
	f := figuresOf(l, r)
	switch {
	case r.Skipped:
		line.Gap(3).Fit(themes.Muted, string(r.Reason), max(room-line.Used()-kindWidth-1, 0))
	case f.some:
		for _, c := range columns {
			if w < c.least {
				continue
			}
			token := c.token
			if c.name == failedLabel && f.failed > 0 {
				token = themes.Fail
			}
			text := c.of(&f)
			if text == themes.SignNA {
				token = themes.Muted
			}
			line.Right(token, text, c.w)
		}
	}
	if word := s.word(l, i); word != "" && room-kindWidth > line.Used() {
		line.To(room-kindWidth).Fit(themes.Muted, word, kindWidth)
	}
}

// kind is the kind of check that a row is of, or empty.
func (s *live) kind(r *screen.LoadRow) string {
	it := s.env.Review.Item(r.Item)
	if it == nil || r.Check >= len(it.Planned.Checks) || it.Planned.Checks[r.Check].Kind == nil {
		return ""
	}
	return it.Planned.Checks[r.Check].Kind.ID
}

// word tells what a row is where it is no step, and at which step the knee is.
func (s *live) word(l *screen.Load, i int) string {
	if i == s.kneeAt(l) {
		return kneeWord
	}
	return kinds[s.kind(&l.Rows[i])]
}

// kneeAt is the first step with as many users as the knee has, or -1. The steps of one
// ladder stand together, each with more users than the one before.
func (s *live) kneeAt(l *screen.Load) int {
	told := l.Knee()
	users := 0
	if told < 0 {
		return -1
	}
	if n, _ := fmt.Sscanf(string(l.Rows[told].Knee), "about %d users", &users); n != 1 {
		return -1
	}
	at := -1
	for i := told; i >= 0 && s.kind(&l.Rows[i]) == s.kind(&l.Rows[told]); i-- {
		if i < told && l.Rows[i].Users >= l.Rows[i+1].Users || l.Rows[i].Users < users {
			break
		}
		at = i
	}
	return at
}

// bends are what is known of the knee and of saturation, in words; empty where nothing is.
func bends(l *screen.Load) (knee, saturated string) {
	if at := l.Knee(); at >= 0 {
		return string(l.Rows[at].Knee), string(l.Rows[at].Saturated)
	}
	return "", ""
}

// tableNarrow is the table by itself, h lines of it.
func (s *live) tableNarrow(l *screen.Load, w, h int) []string {
	if h <= 0 {
		return nil
	}
	head := s.env.Paint.Line(w)
	s.heads(&head, w)
	out := []string{head.String()}
	from, to := s.list.Window(h - 1)
	for i := from; i < to; i++ {
		line := s.env.Paint.Line(w)
		s.row(&line, l, i, w, w-1)
		out = append(out, line.String())
	}
	return out
}

// tableWide is the table with the ceilings at its right, h lines of both.
func (s *live) tableWide(l *screen.Load, w, h int) []string {
	if h <= 2 {
		return s.tableNarrow(l, w, h)
	}
	beside := w - 1 - tableWidth - 3
	head := s.env.Paint.Line(w)
	s.heads(&head, tableWidth)
	ceilings := s.ceilings(l, beside)
	head.To(tableWidth+3).Splice(s.ceilingHead(l, beside), beside)
	rule := s.env.Paint.Line(w)
	rule.Gap(1).Splice(s.env.Paint.Rule(tableWidth-1, !s.notes), tableWidth-1).Gap(3)
	rule.Splice(s.env.Paint.Rule(beside, false), beside)
	out := []string{head.String(), rule.String()}
	from, to := s.list.Window(h - 2)
	for y := range h - 2 {
		line := s.env.Paint.Line(w)
		if from+y < to {
			s.row(&line, l, from+y, tableWidth, tableWidth)
		}
		if y < len(ceilings) {
			line.To(tableWidth+3).Splice(ceilings[y], beside)
		}
		out = append(out, line.String())
	}
	if below := s.list.Below(); below > 0 && len(ceilings) < h-2 {
		last := s.env.Paint.Line(w)
		s.row(&last, l, to-1, tableWidth, tableWidth)
		last.End(themes.Muted, fmt.Sprintf(moreBelow, screen.Number(below))+" ")
		out[len(out)-1] = last.String()
	}
	return out
}

// ceiling is one of the bounds that no run goes beyond.
type ceiling struct {
	name, now, most string
	share           float64
}

// ceilingsOf are the bounds with how much of them is used; none where nobody heard of them.
func ceilingsOf(l *screen.Load) []ceiling {
	u := l.Used
	if u.MostUsers == 0 {
		return nil
	}
	users, rate := 0, 0.0
	if at := l.Current(); at >= 0 && l.Now != nil {
		users = l.Rows[at].Users
		rate = figuresOf(l, &l.Rows[at]).good + float64(l.Now.Bad)/max(l.Now.Span.Seconds(), 0.25)
	}
	if l.Ended {
		for i := range l.Rows {
			if r := &l.Rows[i]; r.Over {
				users, rate = max(users, r.Users), max(rate, r.Good)
			}
		}
	}
	perSec := ceiling{ratePerSecond, perSecond(rate), noLimit, 0}
	if u.MostRate > 0 {
		perSec.most, perSec.share = screen.Number(int(u.MostRate)), rate/u.MostRate
	}
	return []ceiling{
		{usersLabel, screen.Number(users), screen.Number(u.MostUsers), float64(users) / float64(u.MostUsers)},
		perSec,
		{requestsLabel, screen.Number(int(u.Requests)), screen.Number(int(u.MostRequests)), float64(u.Requests) / float64(u.MostRequests)},
		{timeLabel, clock(u.Spent), clock(u.MostTime), u.Spent.Seconds() / u.MostTime.Seconds()},
		{bytesLabel, screen.Bytes(u.Bytes), strings.Replace(screen.Bytes(u.MostBytes), ".0", "", 1), float64(u.Bytes) / float64(u.MostBytes)},
	}
}

func (s *live) ceilingHead(l *screen.Load, w int) string {
	line := s.env.Paint.Line(w)
	if l.Used.MostUsers == 0 {
		return line.Add(themes.Muted, ceilingsLabel).String()
	}
	now := nowWord
	if l.Ended {
		now = reachedWord
	}
	return line.Fit(themes.Text, ceilingsLabel, 11).Right(themes.Muted, now, 11).Right(themes.Muted, mostWord, 10).String()
}

// ceilings are the bounds with their meters.
func (s *live) ceilings(l *screen.Load, w int) []string {
	var out []string
	for _, c := range ceilingsOf(l) {
		line := s.env.Paint.Line(w)
		line.Fit(themes.Text, c.name, 11).Right(themes.Text, c.now, 11).Right(themes.Muted, c.most, 10).Gap(1)
		if c.most != noLimit {
			full, rest := widget.Meter(c.share, min(9, line.Room()))
			token := themes.P50
			if c.share > 0.9 {
				token = themes.Warn
			}
			line.Add(token, full).Add(themes.Rule, rest)
		}
		out = append(out, line.String())
	}
	if out == nil {
		for _, text := range paint.Wrap(ceilingsUnkept, w) {
			line := s.env.Paint.Line(w)
			out = append(out, line.Add(themes.Muted, text).String())
		}
	}
	return out
}

// knee are the knee, saturation and this machine in words, with the items that load judges.
func (s *live) knee(l *screen.Load, w int) []string {
	knee, saturated := bends(l)
	none := kneeNotYet
	if l.Ended {
		none = kneeNotTold
	}
	rows := [][2]string{{kneeLabel, knee}, {saturatedLabel, saturated}, {fitLabel, s.fit(l)}}
	if knee == "" {
		rows[0][1] = none
	}
	if saturated == "" {
		rows[1][1] = notSeen
	}
	beside := w - 1 - tableWidth - 3
	items := s.items(l, beside)
	out := []string{paint.Blank(w)}
	for i, r := range rows {
		line := s.env.Paint.Line(w)
		line.Gap(1).Fit(themes.Muted, r[0], 12).Fit(themes.Text, r[1], tableWidth-13)
		if i < len(items) {
			line.To(tableWidth+3).Splice(items[i], beside)
		}
		out = append(out, line.String())
	}
	return out
}

// fit says whether this machine is able to measure.
func (s *live) fit(l *screen.Load) string {
	if n := l.Now; n != nil {
		word := fitToJudge
		if n.Unfit {
			word = tooBusyToJudge
		}
		return fmt.Sprintf(machineNow, 100*n.Busy, latency(n.Late), word)
	}
	unfit := 0
	var why string
	for i := range l.Rows {
		if text := l.Rows[i].Unfit; l.Rows[i].Over && text != "" {
			unfit++
			why = string(text)
		}
	}
	switch {
	case unfit > 0:
		return fmt.Sprintf(unfitIn, screen.Count(unfit, "step", "steps"), why)
	case l.Began.IsZero():
		return screen.NotKnownYet
	}
	return alwaysFit
}

// items are up to three of the items that load judges: the one at hand and its neighbours.
func (s *live) items(l *screen.Load, w int) []string {
	var ids []string
	at := 0
	for i := range l.Rows {
		if id := l.Rows[i].Item; len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
		if i == s.list.At {
			at = len(ids) - 1
		}
	}
	from := max(0, min(at-1, len(ids)-3))
	var out []string
	for _, id := range ids[from:min(from+3, len(ids))] {
		line := s.env.Paint.Line(w)
		it := s.env.Review.Item(id)
		if it == nil {
			continue
		}
		sign, token := screen.VerdictSign(checks.Pending)
		words := it.Planned.Item.Title
		switch r := s.env.Review.Running; {
		case r != nil && !r.Now[id].IsZero():
			sign, token = themes.SignRunning, themes.Running
		case it.Machine != nil && !it.Running:
			sign, token = screen.VerdictSign(it.Machine.Verdict)
			words = string(it.Machine.Reason)
		}
		line.Add(themes.Strong, id).Gap(2).Add(token, sign).Gap(1)
		out = append(out, line.Fit(themes.Text, words, line.Room()).String())
	}
	return out
}

// log is what happened, newest first, h lines of it with the empty one before.
func (s *live) log(l *screen.Load, w, h int) []string {
	out := []string{paint.Blank(w)}
	if s.notes {
		out[0] = s.env.Paint.Across(w, true)
	}
	s.top = max(0, min(s.top, len(l.Log)-(h-1)))
	for _, n := range l.Log[min(s.top, len(l.Log)):] {
		if len(out) == h {
			break
		}
		line := s.env.Paint.Line(w)
		line.Gap(1).Fit(themes.Muted, n.At.Local().Format("15:04:05"), 11).Fit(themes.Text, n.What, 14)
		out = append(out, line.Fit(themes.Text, n.Text, line.Room()-1).String())
	}
	return paint.Pad(out, w, h)
}

// foot is one line for knee and ceilings.
func (s *live) foot(l *screen.Load, w int) string {
	line := s.env.Paint.Line(w)
	knee, _ := bends(l)
	short, _, _ := strings.Cut(knee, " = ")
	if short == "" {
		short = notKnown
	}
	line.Gap(1).Add(themes.Muted, kneeIs).Add(themes.Text, short)
	u := l.Used
	if u.MostUsers == 0 {
		return line.String()
	}
	text := fmt.Sprintf(atMostUsers, screen.Number(u.MostUsers))
	if u.MostRate > 0 {
		text = fmt.Sprintf(atMostRate, text, screen.Number(int(u.MostRate)))
	}
	requests := fmt.Sprintf(usedOf, screen.Number(int(u.Requests)), screen.Number(int(u.MostRequests)))
	spent := fmt.Sprintf(usedOf, clock(u.Spent), clock(u.MostTime))
	for _, short := range []string{strings.Join([]string{text, requests, spent}, "; "), spent} {
		if paint.Width(short)+3 < line.Room() {
			return line.End(themes.Text, short+" ").String()
		}
	}
	return line.String()
}
