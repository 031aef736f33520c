package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"assess/gonogo/checks"
)

// machine reads the machine gonogo runs on.
type machine struct{}

func (machine) name() string { return "the machine gonogo runs on" }

// machineTells reports whether there is a /proc to read.
func machineTells() bool {
	_, err := os.Stat("/proc/stat")
	return err == nil
}

// maxProc bounds what is read of one file below /proc, in bytes.
const maxProc = 1 << 20

func (machine) read(_ context.Context, resource string) (reading, []checks.Evidence, *checks.Result) {
	var r reading
	var err error
	switch resource {
	case "cpu":
		err = fromFile("/proc/stat", &r, readStat)
	case "memory":
		err = fromFile("/proc/meminfo", &r, readMeminfo)
	default:
		err = fromFile("/proc/self/mounts", &r, readMounts)
	}
	if err != nil {
		bad := checks.NewResult(checks.Inconclusive, "", "this machine can't be read: "+err.Error())
		return r, nil, &bad
	}
	return r, nil, nil
}

func fromFile(path string, r *reading, read func(text string, r *reading) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxProc))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := read(string(text), r); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// readStat reads the line of all CPUs (proc_stat(5)): user, nice, system, idle, iowait,
// irq, softirq, steal, in ticks; the times of guests after them are part of user and nice.
func readStat(text string, r *reading) error {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 5 || fields[0] != "cpu" {
		return errors.New("no line of all CPUs")
	}
	for i, field := range fields[1:min(len(fields), 9)] {
		ticks, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return fmt.Errorf("%q is no number", field)
		}
		ticks /= 100 // USER_HZ; only the proportion counts
		r.Total += ticks
		if i == 3 || i == 4 {
			r.Idle += ticks
		}
	}
	return nil
}

// readMeminfo reads proc_meminfo(5).
func readMeminfo(text string, r *reading) error {
	found := map[string]float64{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		if fields := strings.Fields(rest); len(fields) == 2 && fields[1] == "kB" {
			if kib, err := strconv.ParseFloat(fields[0], 64); err == nil {
				found[name] = kib * 1024
			}
		}
	}
	free, ok := found["MemAvailable"]
	r.Memory, r.Free, r.NoMemory = found["MemTotal"], free, !ok
	return nil
}

// onDisk are the types of file systems that are asked: a network's might not answer.
var onDisk = map[string]bool{"ext2": true, "ext3": true, "ext4": true, "xfs": true, "btrfs": true, "zfs": true, "f2fs": true,
	"overlay": true, "vfat": true, "jfs": true, "bcachefs": true}

// readMounts asks every writable file system on a disk.
func readMounts(text string, r *reading) error {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !onDisk[fields[2]] || strings.HasPrefix(fields[3], "ro,") || fields[3] == "ro" {
			continue
		}
		mount := strings.ReplaceAll(fields[1], `\040`, " ")
		var fs unix.Statfs_t
		if err := unix.Statfs(mount, &fs); err != nil || fs.Blocks == 0 {
			continue
		}
		block := float64(fs.Bsize)
		r.Disks = append(r.Disks, disk{Mount: mount, Size: float64(fs.Blocks) * block, Free: float64(fs.Bfree) * block, Avail: float64(fs.Bavail) * block})
	}
	return nil
}
