// Command gonogo is a terminal reviewer for production readiness assessments.
//
// This package is thin: one small file a command, which reads its flags, asks the packages
// below and prints. It may import everything; nothing imports it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	_ "assess/gonogo/tui/background" // must settle the terminal before anything asks it
)

// version is set when a release is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // the second signal ends what does not heed the first
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
