// Package sessions holds what a review is made of: events, the session that records
// them (journal first, then state), the fold of events into a State, and the pure
// judgements over a State: score, gates, decision, path to GO, comparison.
//
// It knows no screen. It may import checks and the folders below it that hold no kinds
// (clean); sessions/filestore, sessions/report and sessions/signing import it.
package sessions
