//go:build !linux

package filestore

import "os"

// syncData makes written bytes durable; on macOS with F_FULLFSYNC.
func syncData(f *os.File) error { return f.Sync() }

// networkFS is only known on Linux.
func networkFS(string) string { return "" }
