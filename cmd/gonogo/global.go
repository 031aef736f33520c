package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"
)

// begin carries out the global flags before a command.
func (a *app) begin(cmd *cobra.Command, args []string) error {
	if err := a.readStore(); err != nil {
		return usage(err)
	}
	if err := beginColours(); err != nil {
		return err
	}
	if err := a.beginLog(cmd, args); err != nil {
		return usage(fmt.Errorf("--debug: %w", err))
	}
	if err := a.beginProfile(); err != nil {
		return usage(fmt.Errorf("--cpuprofile: %w", err))
	}
	return nil
}

// end closes what begin opened. code is what the program ends with.
func (a *app) end(code int) error {
	var errs []error
	for _, f := range a.ending {
		errs = append(errs, f(code))
	}
	a.ending = nil
	return errors.Join(errs...)
}

// beginLog writes what happens to the end of a file: the command, every recorded event, the
// end. What a target sent is not in it.
func (a *app) beginLog(cmd *cobra.Command, args []string) error {
	if a.debug == "" {
		return nil
	}
	f, err := os.OpenFile(a.debug, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.SetOutput(io.Discard) // SetDefault ties it to the file, and net/http writes what targets send to it
	began := time.Now()
	slog.Debug("begin", "gonogo", version, "command", cmd.CommandPath(), "args", args, "term", os.Getenv("TERM"), "pid", os.Getpid())
	a.ending = append(a.ending, func(code int) error {
		slog.Debug("end", "code", code, "took", time.Since(began))
		slog.SetDefault(before)
		log.SetOutput(io.Discard)
		return f.Close()
	})
	return nil
}

// beginProfile measures where the time goes.
func (a *app) beginProfile() error {
	if a.cpuProfile == "" {
		return nil
	}
	f, err := os.OpenFile(a.cpuProfile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return errors.Join(err, f.Close())
	}
	a.ending = append(a.ending, func(int) error {
		pprof.StopCPUProfile()
		return f.Close()
	})
	return nil
}
