package load

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestHistogramOracle holds quantiles against another implementation, over many shapes of
// latencies: a bucket is off by 1.6 % or half a microsecond, the oracle by 0.1 %.
func TestHistogramOracle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	shapes := map[string]func() float64{ // microseconds
		"even":        func() float64 { return 1e6 * r.Float64() },
		"tiny":        func() float64 { return 40 * r.Float64() },
		"log-normal":  func() float64 { return math.Exp(9 + 1.2*r.NormFloat64()) },
		"exponential": func() float64 { return 20_000 * r.ExpFloat64() },
		"two humps": func() float64 {
			if r.IntN(100) == 0 {
				return 3e6 + 1e5*r.NormFloat64()
			}
			return 1000 + 50*r.NormFloat64()
		},
		"heavy tail": func() float64 { return 500 / math.Pow(1-r.Float64(), 0.8) },
		"one value":  func() float64 { return 12_345 },
	}
	for name, draw := range shapes {
		for _, n := range []int{1, 2, 59, 100, 1000, 50_000} {
			var ours histogram
			oracle := hdrhistogram.New(1, 134_000_000, 3)
			for range n {
				us := min(max(math.Floor(draw()), 1), 133e6)
				ours.add(time.Duration(us) * time.Microsecond)
				if err := oracle.RecordValue(int64(us)); err != nil {
					t.Fatal(err)
				}
			}
			for _, q := range []float64{0.001, 0.1, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1} {
				got := float64(ours.quantile(q)) / 1000
				// Ours is the smallest value that at least this share does not exceed; the
				// oracle rounds the rank, so it is asked for the whole one.
				rank := math.Ceil(q * float64(n))
				want := float64(oracle.ValueAtQuantile(100 * rank / float64(n)))
				if off := math.Abs(got - want); off > 0.5+0.018*want {
					t.Errorf("%s, %d values: quantile %g is %.1f µs, the oracle says %.1f", name, n, q, got, want)
				}
			}
		}
	}
}
