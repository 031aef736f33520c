// Package pgtest runs private PostgreSQL servers for tests: on loopback, in a folder of
// their own, gone when the test ends. It imports nothing of ours.
package pgtest
