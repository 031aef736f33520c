package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"assess/gonogo/checks"
)

// templateFuncs are what a template may call beside what text/template has. Nothing here
// reads a file, the environment or a clock; everything is bounded.
var templateFuncs = template.FuncMap{
	"md":      func(v any) (string, error) { return escaped(v, text) },
	"prose":   func(v any) (string, error) { return escaped(v, block) },
	"rich":    func(v any) (string, error) { return escaped(v, rich) },
	"code":    func(v any) (string, error) { return escaped(v, code) },
	"cell":    func(v any) (string, error) { return escaped(v, func(s string) string { return cell(text(s)) }) },
	"csv":     func(v any) (string, error) { return escaped(v, csvCell) },
	"json":    jsonText,
	"ids":     func(list any) (string, error) { return each(list, code, ", ") },
	"join":    func(sep string, list any) (string, error) { return each(list, func(s string) string { return s }, sep) },
	"upper":   func(v any) (string, error) { return escaped(v, strings.ToUpper) },
	"capital": func(v any) (string, error) { return escaped(v, capital) },
	"percent": percentOf,
	"days":    dayRange,
	"day":     dayOf,
	"plural":  plural,
	"verdict": func(v string) string { return verdict(checks.Verdict(v)) },
	"where":   where,
	"first":   first,

	// text/template's own, whose result has no bound there.
	"print":   func(a ...any) (string, error) { return printed(a, func() string { return fmt.Sprint(a...) }) },
	"println": func(a ...any) (string, error) { return printed(a, func() string { return fmt.Sprintln(a...) }) },
	"printf": func(f string, a ...any) (string, error) {
		if formatted(f, a) > maxTemplateText {
			return "", errTooMuch
		}
		return printed(a, func() string { return fmt.Sprintf(f, a...) })
	},
	"html": func(a ...any) (string, error) { return printed(a, func() string { return template.HTMLEscaper(a...) }) },
	"js":   func(a ...any) (string, error) { return printed(a, func() string { return template.JSEscaper(a...) }) },
	"urlquery": func(a ...any) (string, error) {
		return printed(a, func() string { return template.URLQueryEscaper(a...) })
	},
}

var errTooMuch = fmt.Errorf("a text of more than %d KiB", maxTemplateText>>10)

// printed makes a text from arguments that are not too long, if it does not get too long.
func printed(args []any, do func() string) (string, error) {
	sum := 0
	for _, a := range args {
		if sum += length(a); sum > maxTemplateText {
			return "", errTooMuch
		}
	}
	s := do()
	if len(s) > maxTemplateText {
		return "", errTooMuch
	}
	return s, nil
}

// length is how many bytes a value prints as.
func length(v any) int {
	if s, ok := v.(string); ok {
		return len(s)
	}
	return len(fmt.Sprint(v))
}

// formatted is the most that a format may print, about: every verb may print the longest of
// the arguments, filled up to every width and precision. Sprintf itself has no bound.
func formatted(f string, args []any) int {
	longest, widest := 0, 0
	for _, a := range args {
		longest = max(longest, length(a))
		if n, ok := a.(int); ok {
			widest = max(widest, n, -n)
		}
	}
	sum, number := len(f)+strings.Count(f, "%")*longest+strings.Count(f, "*")*min(widest, maxTemplateText), 0
	for _, c := range f {
		if c < '0' || c > '9' {
			number = 0
			continue
		}
		before := number
		number = min(10*number+int(c-'0'), maxTemplateText)
		sum += number - before
	}
	return sum
}

func escaped(v any, how func(string) string) (string, error) {
	if v == nil {
		return "", nil
	}
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	return printed([]any{s}, func() string { return how(s) })
}

// csvCell is a field of a CSV line: quoted, and never a formula of a spreadsheet.
func csvCell(s string) string {
	return `"` + strings.ReplaceAll(cellText(s), `"`, `""`) + `"`
}

func jsonText(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return printed(nil, func() string { return strings.TrimSpace(b.String()) })
}

func listOf(v any) ([]any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("wants a list, not %T", v)
	}
	return list, nil
}

func each(v any, how func(string) string, sep string) (string, error) {
	list, err := listOf(v)
	if err != nil {
		return "", err
	}
	var out []string
	sum := 0
	for _, e := range list {
		out = append(out, how(fmt.Sprint(e)))
		if sum += len(out[len(out)-1]) + len(sep); sum > maxTemplateText+len(sep) {
			return "", errTooMuch
		}
	}
	return printed(nil, func() string { return strings.Join(out, sep) })
}

// percentOf is a figure as the report prints it.
func percentOf(v any) (string, error) {
	switch n := v.(type) {
	case float64:
		return percent1(n), nil
	case int:
		return percent1(float64(n)), nil
	}
	return "", fmt.Errorf("wants a number, not %T", v)
}

// dayOf is the day of a time.
func dayOf(v string) (string, error) {
	at, err := time.Parse(time.RFC3339Nano, v)
	if err != nil {
		return "", errors.New("wants a time")
	}
	return at.UTC().Format("2 January 2006"), nil
}

// where keeps the elements of a list whose key is one of the values: where .items
// "verdict" "fail" "warn". Other than a text's, a value is compared as it prints.
func where(v any, key string, values ...any) ([]any, error) {
	list, err := listOf(v)
	if err != nil {
		return nil, err
	}
	var want []string
	for _, w := range values {
		want = append(want, fmt.Sprint(w))
	}
	out := []any{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("wants a list of things with keys, not of %T", e)
		}
		has, ok := m[key]
		if !ok {
			return nil, fmt.Errorf("there is no %q%s", key, nearest(key, fieldNames()))
		}
		if slices.Contains(want, fmt.Sprint(has)) {
			out = append(out, e)
		}
	}
	return out, nil
}

// first keeps the first n elements of a list.
func first(n int, v any) ([]any, error) {
	list, err := listOf(v)
	if err != nil {
		return nil, err
	}
	return list[:max(0, min(n, len(list)))], nil
}
