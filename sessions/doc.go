// Package sessions holds what a review is made of: events, the session that records
// them (journal first, then state), the fold of events into a State, and the pure
// judgements over a State: score, gates, decision, path to GO, comparison.
//
// A journal is a chain of lines, `HASH SP JSON LF`, where HASH is the hex SHA-256 over the
// previous line's hash, a line feed and the line's JSON (64 zeros before the first), so
// that every line vouches for those before it. Nothing rewrites a line: a change is a new
// event, and so is taking one back.
//
// It knows no screen. It may import checks and the folders below it that hold no kinds
// (clean, secrets); those below this one import it.
package sessions
