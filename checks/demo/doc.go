// Package demo is the embedded demo system: a small portfolio service with a repository of
// its own, on which a review can be tried without touching anything else. Its flaws are
// real behaviour, each of which a switch mends: the missing header is not sent, the pool
// really runs dry, the env file really is readable by everybody.
//
// It knows nothing of checks, profiles or verdicts and imports nothing of ours; the ids in
// the table of switches are documentation that a test holds against the engine.
package demo
