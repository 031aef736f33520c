package load

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// TestHistogram compares quantiles with those of the samples themselves.
func TestHistogram(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 100, 10_000, 200_000} {
		var h histogram
		exact := make([]time.Duration, n)
		for i := range exact {
			d := time.Duration(math.Exp(random.NormFloat64()) * float64(5*time.Millisecond))
			if i%100 == 99 {
				d = time.Duration(random.Int64N(int64(3 * time.Second)))
			}
			exact[i] = d
			h.add(d)
		}
		slices.Sort(exact)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.95, 0.99, 1} {
			want := exact[max(0, int(math.Ceil(q*float64(n)))-1)]
			off := math.Abs(float64(h.quantile(q) - want))
			if off > 0.016*float64(want)+float64(time.Microsecond) {
				t.Errorf("n %d, q %v: %v, want %v", n, q, h.quantile(q), want)
			}
		}
	}
}

func TestBuckets(t *testing.T) {
	for i := range buckets {
		if got := bucketOf(middle(i)); got != i {
			t.Errorf("the middle of bucket %d, %v, falls into %d", i, middle(i), got)
		}
	}
	if got := bucketOf(time.Hour); got != buckets-1 {
		t.Errorf("an hour falls into %d", got)
	}
	if got := bucketOf(133 * time.Second); got != buckets-1 {
		t.Errorf("133 s fall into %d", got)
	}
}

func TestProportion(t *testing.T) {
	const p, w, f, q = checks.Pass, checks.Warn, checks.Fail, checks.Inconclusive
	for _, c := range []struct {
		k, n int
		want checks.Verdict
	}{
		{0, 0, q}, {0, 50, q}, {50, 50, q}, {0, 72, q}, {0, 73, p},
		{0, 100, p}, {1, 100, w}, {2, 100, w}, {3, 100, f},
		{5, 500, p}, {6, 500, w}, {9, 500, w}, {10, 500, f}, {500, 500, f},
		{10, 1000, p}, {11, 1000, w}, {16, 1000, w}, {17, 1000, f},
		{50, 5000, p}, {51, 5000, w}, {63, 5000, w}, {64, 5000, f},
	} {
		if got := proportion(c.k, c.n); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.k, c.n, got, c.want)
		}
	}
}

func TestTrend(t *testing.T) {
	up := []float64{10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21}
	if s, z := theilSen(up), mannKendall(up); s != 1 || z < 4 {
		t.Errorf("a rising series: slope %v, z %v", s, z)
	}
	level := []float64{10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11}
	if s, z := theilSen(level), mannKendall(level); s != 0 || math.Abs(z) > 2 {
		t.Errorf("a level series: slope %v, z %v", s, z)
	}
}
