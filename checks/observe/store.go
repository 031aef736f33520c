package observe

import (
	"context"
	"errors"
	"time"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/secrets"
)

// Options are what a Store needs.
type Options struct {
	Base     string              // the target's base URL
	Guard    *guard.Guard        //
	Tokens   map[Identity]string // resolved: a bearer token, or "Name: value" for another header
	Headers  []Field             // the target's [headers], resolved
	Redactor *secrets.Redactor   //
	Now      func() time.Time    // time.Now when nil
}

// Store asks and remembers.
type Store struct{ o Options }

// NewStore makes a Store.
func NewStore(o Options) *Store { return &Store{o: o} }

// Do sends r, or returns the exchange that an equal request brought. The error is an *Error.
func (s *Store) Do(ctx context.Context, r Request) (*Exchange, error) {
	return nil, &Error{Trouble: Broken, URL: r.URL, Err: errors.New("not built yet")}
}

// Control asks for a random sibling of r.URL with the same method, headers and identity.
func (s *Store) Control(ctx context.Context, r Request) (*Exchange, error) { return s.Do(ctx, r) }

// Same reports whether a and b look like one answer given to two paths.
func Same(a, b *Exchange) bool { return false }

// Transcript is the exchange as evidence text, redacted.
func Transcript(x *Exchange, r *secrets.Redactor) []byte { return nil }

// Error says what could not be asked and why.
func (e *Error) Error() string { return e.URL + ": " + string(e.Trouble) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
