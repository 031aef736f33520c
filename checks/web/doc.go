// Package web holds the kinds that ask a running system over HTTP and TLS: its answers,
// headers, health, errors, limits, pages and monitoring.
//
// Each kind observes first and gathers plain facts; a pure function beside it, judgeX,
// turns the facts into a verdict and a reason. It may import checks, checks/guard,
// checks/observe and checks/web/answer, and knows no screen and no storage.
package web
