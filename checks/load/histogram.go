package load

import (
	"math/bits"
	"time"
)

// The histogram is log-linear: an octave has 32 steps, the first two octaves' worth count
// single microseconds. It reaches to 134 s; what took longer is in its last bucket.
const (
	stepBits = 5
	steps    = 1 << stepBits
	buckets  = 736
)

// histogram counts latencies. A quantile is off by at most 1.6 % of its value, or half a
// microsecond. The zero value is empty.
type histogram struct {
	count [buckets]uint32
	n     int
	sum   time.Duration
	max   time.Duration
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.count[bucketOf(d)]++
	h.n++
	h.sum += d
	h.max = max(h.max, d)
}

// bucketOf finds the bucket of a latency.
func bucketOf(d time.Duration) int {
	us := uint64(d / time.Microsecond)
	if us < steps {
		return int(us)
	}
	octave := bits.Len64(us) - stepBits - 1
	return min(octave<<stepBits+int(us>>octave), buckets-1)
}

// middle is the latency that stands for a bucket.
func middle(bucket int) time.Duration {
	if bucket < 2*steps {
		return time.Duration(bucket)*time.Microsecond + time.Microsecond/2
	}
	octave := bucket>>stepBits - 1
	low := uint64(bucket-octave<<stepBits) << octave
	return time.Duration(low)*time.Microsecond + time.Duration(uint64(1)<<octave)*time.Microsecond/2
}

// quantile is the latency of the given rank, 0 < q <= 1; zero where nothing was counted.
func (h *histogram) quantile(q float64) time.Duration {
	if h.n == 0 {
		return 0
	}
	rank := int(q * float64(h.n))
	if float64(rank) < q*float64(h.n) || rank == 0 {
		rank++
	}
	seen := 0
	for i, c := range h.count {
		if seen += int(c); seen >= rank {
			return min(middle(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) mean() time.Duration {
	if h.n == 0 {
		return 0
	}
	return h.sum / time.Duration(h.n)
}
