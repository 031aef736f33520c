package answer

import "regexp"

// SQLError matches what database drivers say about broken statements.
var SQLError = regexp.MustCompile(`(?i)you have an error in your SQL syntax|unterminated quoted string at or near|syntax error at or near "|near "[^"]{0,40}": syntax error|unrecognized token: "|ORA-\d{5}|SQLSTATE\[?\w{5}|quoted string not properly terminated|Unclosed quotation mark after the character string|Incorrect syntax near|psycopg2\.errors|sqlite3\.OperationalError|PG::SyntaxError|java\.sql\.SQLSyntaxErrorException|pgconn\.PgError|org\.postgresql\.util\.PSQLException`)

// leaks are signatures of stack traces and debug pages, shaped like frames rather than
// words, so that a page about errors is not one.
var leaks = []struct {
	What string
	At   *regexp.Regexp
}{
	{"a Python traceback", regexp.MustCompile(`Traceback \(most recent call last\)`)},
	{"a Java stack trace", regexp.MustCompile(`(?m)^\s*at (com|org|java|javax|jakarta|io|net)\.[\w.$]+\([\w.]*(:\d+)?\)`)},
	{"a JavaScript stack trace", regexp.MustCompile(`\bat .{0,120}\((/|file:|node:)[^)]{1,200}:\d+:\d+\)`)},
	{"a .NET stack trace", regexp.MustCompile(`(?m)\bat [\w.]+\(.*\) in .+:line \d+`)},
	{"a Go stack trace", regexp.MustCompile(`goroutine \d+ \[running\]`)},
	{"a PHP error", regexp.MustCompile(`(?i)(fatal error|warning|notice)(</b>)?: .{1,300} in (<b>)?/[^ <]+\.php`)},
	{"a Ruby stack trace", regexp.MustCompile(`\.rb:\d+:in ['` + "`" + `]`)},
	{"the Werkzeug debugger", regexp.MustCompile(`Werkzeug Debugger|__debugger__=yes`)},
	{"Django's debug page", regexp.MustCompile(`(?i)seeing this error because you have <code>DEBUG = True`)},
	{"Laravel's debug page", regexp.MustCompile(`window\.ignite\(|Ignition\\|facade/ignition|laravel-ignition`)},
	{"ASP.NET's error page", regexp.MustCompile(`Server Error in '.{0,100}' Application`)},
	{"database error text", SQLError},
}

// Leak names the first signature of internals in body, or "".
func Leak(body []byte) string {
	for _, leak := range leaks {
		if leak.At.Match(body) {
			return leak.What
		}
	}
	return ""
}
