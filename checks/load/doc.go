// Package load holds the kinds that put load on a target and the driver they share: a
// closed model (so many users, each asking again at once) and an open one (so many requests
// a second, timed from when each was due), one GET over and over.
//
// The driver sends through the guard's dialer only, follows no redirect, bounds every header
// and body, counts what net/http silently sends again as failed, and stops at once when its
// context ends. What it measured is judged by pure functions: shares by a Wilson interval,
// never percentiles of few answers. Whatever cut a measurement short makes it inconclusive.
//
// It may import checks, checks/clean, checks/exposition, checks/guard, checks/observe and
// checks/services.
package load
