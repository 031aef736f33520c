package web

import (
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var headerXCTO = headerKind(checks.Kind{
	ID: "security.headers.xcto", Title: "X-Content-Type-Options", Severity: checks.Low,
	Rule: "PASS: the first element is nosniff. WARN: nosniff is present but not first, or it is on the document and missing on the API sample. " +
		"FAIL: absent or another value. na: the answers have no body.",
	Fix:  "Send X-Content-Type-Options: nosniff on every response (nginx: add_header … always).",
	Refs: []string{"CWE-693", "ASVS 3.4.4", "Fetch standard, determine nosniff"},
}, judgeXCTO)

// judgeXCTO reads the header as browsers do: only the first element of the joined lines
// decides (Fetch standard, "determine nosniff").
func judgeXCTO(s sample) opinion {
	main := s.main()
	if main.Empty && (s.API == nil || s.API.Empty) {
		return na("the answers have no body that could be sniffed")
	}
	value, present := answer.Field(main.Header, "X-Content-Type-Options")
	elements := strings.Split(strings.ToLower(value), ",")
	for i := range elements {
		elements[i] = strings.TrimSpace(elements[i])
	}
	switch {
	case !present:
		return fail("X-Content-Type-Options is missing on " + main.Where)
	case elements[0] != "nosniff" && contains(elements, "nosniff"):
		return warn("X-Content-Type-Options has nosniff, but not first: browsers read the first element only")
	case elements[0] != "nosniff":
		return fail("X-Content-Type-Options is " + quoteShort(value) + ": browsers know only nosniff")
	}
	if s.Doc != nil && s.API != nil {
		first, _, _ := strings.Cut(strings.ToLower(fieldValue(s.API.Header, "X-Content-Type-Options")), ",")
		if strings.TrimSpace(first) != "nosniff" {
			return warn("the page sends nosniff, " + s.API.Where + " does not")
		}
	}
	if len(elements) > 1 {
		return pass("nosniff is sent (more than once: two layers set it)")
	}
	return pass("nosniff is sent")
}

func fieldValue(h map[string][]string, name string) string {
	value, _ := answer.Field(h, name)
	return value
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
