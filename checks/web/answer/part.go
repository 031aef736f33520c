package answer

import (
	"fmt"
	"strings"

	"assess/gonogo/checks"
)

// Part is the judgement of one of the several paths or inputs that a check looked at.
type Part struct {
	What    string // "GET /api/quotes"
	Verdict checks.Verdict
	Reason  string // a sentence part that follows What: "answers 200 without a token"
}

// Combine takes the worst verdict of the parts and a reason that names the first part that has it and
// how many more do. Without a part the verdict is Pending.
func Combine(parts []Part) (checks.Verdict, string) {
	if len(parts) == 0 {
		return checks.Pending, "nothing was declared to look at"
	}
	verdicts := make([]checks.Verdict, len(parts))
	for i, part := range parts {
		verdicts[i] = part.Verdict
	}
	worst := checks.Worst(verdicts...)
	reason, more := "", 0
	for _, part := range parts {
		if part.Verdict != worst {
			continue
		}
		if reason == "" {
			reason = strings.TrimSpace(part.What + " " + part.Reason)
			continue
		}
		more++
	}
	if more > 0 {
		reason = fmt.Sprintf("%s (and %d more alike)", reason, more)
	}
	return worst, reason
}

// Table prints the parts for evidence, one a line.
func Table(parts []Part) string {
	var b strings.Builder
	for _, part := range parts {
		fmt.Fprintf(&b, "%-12s  %s  %s\n", part.Verdict, part.What, part.Reason)
	}
	return b.String()
}
