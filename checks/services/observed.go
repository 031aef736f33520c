package services

import "context"

// observed is an observation that several checks of a run share: the first that wants it
// makes it, the others wait.
type observed[T any] struct {
	turn  chan struct{}
	done  bool
	facts T
	err   error
}

func newObserved[T any]() *observed[T] { return &observed[T]{turn: make(chan struct{}, 1)} }

// get returns what ask brought, whoever asked. What was cut off by the end of one check's
// time is asked again for the next.
func (o *observed[T]) get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	select {
	case o.turn <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-o.turn }()
	if !o.done {
		o.facts, o.err = ask(ctx)
		o.done = ctx.Err() == nil
	}
	return o.facts, o.err
}
