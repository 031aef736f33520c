// Package clean turns text from outside (targets, files, people) into text that a
// terminal, a report or a log can show. It imports nothing of ours.
package clean

// Text has been through Line or Block: valid UTF-8 without control, bidi or invisible
// characters. Only Line and Block make one; raw bytes live in evidence alone.
type Text string
