package web

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// burstAnswer is one answer of the burst.
type burstAnswer struct {
	Status     int
	RetryAfter string
	Changed    bool // not the answer the first request got
	Total      time.Duration
}

// burstFacts is what the burst showed.
type burstFacts struct {
	Answers   []burstAnswer
	Took      time.Duration
	Earlier   int        // requests of other checks that it answered otherwise than with 429, as far as they are known
	Forwarded forwarding // asked only after a 429
	Loopback  bool       // asked from the server's own machine, as a proxy in front of it would
	Login     bool
	Required  bool
}

// limit is the sign of throttling that the last answers give.
type limit int

const (
	noLimit     limit = iota
	limit429          // 429 Too Many Requests (RFC 6585)
	limit503          // 503 with Retry-After
	limitLocked       // 403 or 423 where the first answer was another
	limitSlow         // answers grow slower and slower
)

// forwarding is what a forged X-Forwarded-For does to a limit in force.
type forwarding int

const (
	forwardingUnknown forwarding = iota
	forwardingLimited            // still limited
	forwardingEscapes            // let through while the plain request is not
)

// slowFactor is how many times slower the last ten answers must be than the first ten.
const slowFactor = 5

// signal looks at the answers so far for a limit.
func (b burstFacts) signal() limit {
	if len(b.Answers) == 0 {
		return noLimit
	}
	last := b.Answers[len(b.Answers)-1]
	switch {
	case last.Status == 429:
		return limit429
	case last.Status == 503 && last.RetryAfter != "":
		return limit503
	case len(b.Answers) > 1 && last.Changed && (last.Status == 403 || last.Status == 423):
		return limitLocked
	case len(b.Answers) >= 20 && median(b.Answers[len(b.Answers)-10:]) >= slowFactor*median(b.Answers[:10]) &&
		median(b.Answers[len(b.Answers)-10:]) >= 250*time.Millisecond:
		return limitSlow
	}
	return noLimit
}

// storm reports whether three answers are server errors: the burst must stop.
func (b burstFacts) storm() bool { return b.count(500, 599) >= 3 }

// works reports whether the path answers at all: a limit can only be seen on one that
// does. A login refuses its invented user, which is its work.
func (b burstFacts) works() bool {
	first := b.Answers[0].Status
	if b.Login {
		return first < 500 && first != 404 && first != 405
	}
	return first >= 200 && first < 300
}

func (b burstFacts) count(low, high int) int {
	n := 0
	for _, a := range b.Answers {
		if a.Status >= low && a.Status <= high {
			n++
		}
	}
	return n
}

func median(answers []burstAnswer) time.Duration {
	times := make([]time.Duration, len(answers))
	for i, a := range answers {
		times[i] = a.Total
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// table prints how many answers had which status, and where the limit showed.
func (b burstFacts) table() string {
	counts := map[int]int{}
	for _, a := range b.Answers {
		counts[a.Status]++
	}
	var codes []int
	for code := range counts {
		codes = append(codes, code)
	}
	sort.Ints(codes)
	var out strings.Builder
	fmt.Fprintf(&out, "requests  %d\ntime      %s\n", len(b.Answers), b.Took.Round(time.Millisecond))
	for _, code := range codes {
		fmt.Fprintf(&out, "status    %d × %d\n", code, counts[code])
	}
	if b.signal() != noLimit {
		last := b.Answers[len(b.Answers)-1]
		fmt.Fprintf(&out, "limit at  request %d, status %d, Retry-After %s\n", len(b.Answers), last.Status, orNone(last.RetryAfter))
	}
	if b.signal() == limit429 {
		fmt.Fprintf(&out, "forged X-Forwarded-For: %s\n", map[forwarding]string{forwardingUnknown: "could not tell",
			forwardingLimited: "still limited", forwardingEscapes: "let through"}[b.Forwarded])
	}
	return out.String()
}

// judgeBurst judges what the burst showed. Its words never say that there is no limit:
// only that none showed in so many requests from one address.
func judgeBurst(b burstFacts) opinion {
	if len(b.Answers) == 0 {
		return unsure("no request was answered")
	}
	last := b.Answers[len(b.Answers)-1]
	seen := fmt.Sprintf("%s in %.1f s from one address", plural(len(b.Answers), "request"), b.Took.Seconds())
	switch b.signal() {
	case limit429:
		return judgeLimit(b, last)
	case limit503:
		if len(b.Answers) == 1 {
			return unsure("the first request is already answered 503 with Retry-After: overload or maintenance, a limit can't be seen")
		}
		return warn(fmt.Sprintf("throttled with 503 and Retry-After at request %d, not with 429", len(b.Answers)))
	case limitLocked:
		return warn(fmt.Sprintf("throttled with %s at request %d, not with 429", statusText(last.Status), len(b.Answers)))
	case limitSlow:
		return warn("throttled by growing delay, not with 429: seen in " + seen)
	}
	switch {
	case b.storm():
		return unsure(fmt.Sprintf("stopped at the third server error, after %s", seen))
	case !b.works():
		return unsure("the path answers " + statusText(b.Answers[0].Status) + " to a single request: a limit can't be seen there")
	case b.Required && len(b.Answers) >= 10:
		return fail("no throttling of the login seen in " + seen)
	}
	return warn("no throttling seen in " + seen)
}

func judgeLimit(b burstFacts, last burstAnswer) opinion {
	at := fmt.Sprintf("429 at request %d", len(b.Answers))
	if b.Earlier > 0 && len(b.Answers) == 1 {
		at = "429 after " + plural(b.Earlier, "request") + " of other checks"
	}
	switch {
	case len(b.Answers) == 1 && b.Earlier == 0:
		return unsure("the first request is already answered 429: a limit was in force before, its size can't be seen")
	case b.Forwarded == forwardingEscapes && b.Loopback:
		return warn(at + ", but a forged X-Forwarded-For gets past it from this machine, which the server may trust as its proxy: repeat it from another host")
	case b.Forwarded == forwardingEscapes:
		return fail(at + ", but a forged X-Forwarded-For gets past it")
	case b.Forwarded == forwardingUnknown:
		return warn(at + "; whether a forged X-Forwarded-For gets past it could not be told")
	case last.RetryAfter == "":
		return pass(at + ", without Retry-After; a forged X-Forwarded-For changes nothing")
	}
	return pass(at + ", Retry-After " + last.RetryAfter + "; a forged X-Forwarded-For changes nothing")
}
