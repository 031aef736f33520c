//go:build unix

package pgstore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/storetest"
)

// durable is a server that flushes to disk, as in production.
func durable(b *testing.B) *Store {
	return open(b, database(b, pgtest.Start(b, pgtest.Options{Settings: []string{"fsync=on"}})), Options{})
}

// BenchmarkAppend appends one event, flushed to disk, and tells median and 99th percentile.
func BenchmarkAppend(b *testing.B) {
	st := durable(b)
	head, err := st.Create(ctx, storetest.ID, storetest.Line(1))
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if head, err = st.Append(ctx, storetest.ID, head, storetest.Line(int(head.Seq)+1)); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
}

// BenchmarkList lists 1,000 sessions.
func BenchmarkList(b *testing.B) {
	st := open(b, database(b, pgtest.Start(b, pgtest.Options{})), Options{})
	for n := range 1000 {
		id := fmt.Sprintf("20261122-140930-x-%04d", n)
		head, err := st.Create(ctx, id, storetest.Opened(id, 30))
		if err == nil {
			err = st.PutSummary(ctx, sessions.Summary{ID: id, Head: fmt.Sprintf("%x", head.Hash), Blockers: []string{"A-01", "A-02"}})
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if all, err := st.List(ctx); err != nil || len(all) != 1000 {
			b.Fatal(len(all), err)
		}
	}
}

// BenchmarkOpen opens sessions of many events: read, chain checked, folded.
func BenchmarkOpen(b *testing.B) {
	for _, many := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			st := open(b, database(b, pgtest.Start(b, pgtest.Options{})), Options{})
			id := begin(b, st)
			s := resume(b, st, id)
			head := s.Head()
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			for int(head.Seq) < many {
				var lines [][]byte
				for seq := int(head.Seq) + 1; len(lines) < 1000 && seq <= many; seq++ {
					lines = append(lines, storetest.Line(seq))
				}
				var err error
				if head, err = st.Append(ctx, id, head, lines...); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				got, err := sessions.View(ctx, st, registry(b), id)
				if err != nil || got.State().Seq != uint64(many) || got.Damage() != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
