package load

import (
	"math"
	"slices"

	"assess/gonogo/checks"
)

// z95 is the normal quantile of a two-sided 95 % interval.
const z95 = 1.959964

// wilson is the 95 % interval of a proportion of k in n (E. B. Wilson, 1927).
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	p, m, z := float64(k)/float64(n), float64(n), z95*z95
	centre := (p + z/(2*m)) / (1 + z/m)
	half := z95 / (1 + z/m) * math.Sqrt(p*(1-p)/m+z/(4*m*m))
	return max(0, centre-half), min(1, centre+half)
}

// The shares of failed requests that are within the budget, and that are too many.
const (
	failBudget = 0.01
	failLimit  = 0.05
)

// proportion judges k failed of n against the budget and the limit: inconclusive where not
// even 0 of n could exclude the limit (n < 73 for 5 %).
func proportion(k, n int) checks.Verdict {
	if _, high := wilson(0, n); high > failLimit {
		return checks.Inconclusive
	}
	low, high := wilson(k, n)
	share := float64(k) / float64(n)
	switch {
	case share > failLimit || low > failBudget:
		return checks.Fail
	case share <= failBudget && high <= failLimit:
		return checks.Pass
	}
	return checks.Warn
}

// slowShare is the share of answers that may be slower than a limit.
const slowShare = 0.05

// slowness judges how many of n took longer than the two limits: 5 % may.
func slowness(overPass, overFail, n int) checks.Verdict {
	switch {
	case n == 0:
		return checks.Inconclusive
	case float64(overFail)/float64(n) > slowShare:
		return checks.Fail
	case float64(overPass)/float64(n) > slowShare:
		return checks.Warn
	}
	return checks.Pass
}

// theilSen is the median slope of a series (P. K. Sen, 1968), in units of y per step.
func theilSen(y []float64) float64 {
	var slopes []float64
	for i := range y {
		for j := i + 1; j < len(y); j++ {
			slopes = append(slopes, (y[j]-y[i])/float64(j-i))
		}
	}
	return quantileOf(slopes, 0.5)
}

// mannKendall is the z of Mann and Kendall's test for a trend, without ties' correction,
// which makes it smaller than it could be.
func mannKendall(y []float64) float64 {
	s, n := 0.0, float64(len(y))
	for i := range y {
		for j := i + 1; j < len(y); j++ {
			s += sign(y[j] - y[i])
		}
	}
	if s == 0 {
		return 0
	}
	return (s - sign(s)) / math.Sqrt(n*(n-1)*(2*n+5)/18)
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// quantileOf is the value of the given rank; the mean of the middle two for an even median.
func quantileOf(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	if n := len(sorted); q == 0.5 && n%2 == 0 {
		return (sorted[n/2-1] + sorted[n/2]) / 2
	}
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}
