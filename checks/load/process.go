package load

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/guard"
)

// ofProcess is what a target says instead of a page's address: the figures are those of the
// process on this machine that answers.
const ofProcess = "process"

// process reads the use of all processes that listen on a port, as servers that fork do, from
// proc(5). What it may not read it does not tell.
type process struct {
	root fs.FS // of the file system
	port int
	name string // of what listens, once it was seen
}

// listener is the process that listens where the load goes. Only a loopback address is sure to
// be this machine.
func listener(u *url.URL) (*process, error) {
	if !guard.IsLoopback(u.Hostname()) {
		return nil, fmt.Errorf("url = %q is only read on loopback; %s is not", ofProcess, clean.Line(u.Hostname()))
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		port = map[string]int{"http": 80, "https": 443}[u.Scheme]
	}
	p := &process{root: os.DirFS("/"), port: port}
	if pids, err := p.pids(); err != nil {
		return nil, err
	} else if len(pids) == 0 {
		return nil, fmt.Errorf("no process that gonogo may look at listens on port %d of this machine", port)
	}
	return p, nil
}

// sockets are the listening sockets on the port, as /proc/net names them.
func (p *process) sockets() (map[string]bool, error) {
	found := map[string]bool{}
	var missing error
	for _, table := range []string{"proc/net/tcp", "proc/net/tcp6"} {
		text, err := fs.ReadFile(p.root, table)
		if err != nil {
			missing = err
			continue
		}
		lines := bufio.NewScanner(bytes.NewReader(text))
		for lines.Scan() {
			f := strings.Fields(lines.Text()) // sl local remote st queues timer retransmits uid timeout inode
			if len(f) < 10 || f[3] != "0A" {
				continue
			}
			_, port, _ := strings.Cut(f[1], ":")
			if n, err := strconv.ParseUint(port, 16, 16); err == nil && int(n) == p.port {
				found["socket:["+f[9]+"]"] = true
			}
		}
	}
	if len(found) == 0 && missing != nil {
		return nil, fmt.Errorf("this machine does not tell who listens: %w", missing)
	}
	return found, nil
}

// pids are the processes that hold such a socket.
func (p *process) pids() ([]string, error) {
	sockets, err := p.sockets()
	if err != nil || len(sockets) == 0 {
		return nil, err
	}
	entries, err := fs.ReadDir(p.root, "proc")
	if err != nil {
		return nil, fmt.Errorf("read the processes: %w", err)
	}
	var out []string
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		dir := path.Join("proc", e.Name(), "fd")
		files, _ := fs.ReadDir(p.root, dir) // somebody else's, or gone
		if slices.ContainsFunc(files, func(f fs.DirEntry) bool {
			to, err := fs.ReadLink(p.root, path.Join(dir, f.Name()))
			return err == nil && sockets[to]
		}) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// take reads them all now: sums, but of the files those of the process that has most open.
func (p *process) take(cpus, memory float64) (sample, error) {
	nan := math.NaN()
	s := sample{Total: nan, CPUs: cpus, Goroutines: nan, Start: math.Inf(1), MemoryLimit: memory, FileLimit: nan}
	pids, err := p.pids()
	if err != nil {
		return s, err
	}
	if len(pids) == 0 {
		return s, fmt.Errorf("nobody listens on port %d any more", p.port)
	}
	if cpus <= 0 {
		s.CPUs = p.cpus(pids[0])
	}
	if memory <= 0 {
		s.MemoryLimit = p.memory(pids[0])
	}
	for _, pid := range pids {
		if err := p.add(&s, pid); err != nil {
			return s, fmt.Errorf("process %s: %w", pid, err)
		}
	}
	return s, nil
}

// ticks is how many a second /proc counts CPU time in: USER_HZ, which is 100 on every
// architecture that Go runs on under Linux.
const ticks = 100

var errStat = errors.New("its stat is not as proc(5) says")

// add adds one process.
func (p *process) add(s *sample, pid string) error {
	dir := path.Join("proc", pid)
	text, err := fs.ReadFile(p.root, path.Join(dir, "stat"))
	if err != nil {
		return err
	}
	// The name is in parentheses and may hold anything; 14 and 15 are the CPU times, 20 the
	// threads, 22 the start, counted from 1.
	end := bytes.LastIndexByte(text, ')')
	if end < 0 {
		return errStat
	}
	if p.name == "" {
		_, name, _ := strings.Cut(string(text[:end]), "(")
		p.name = fmt.Sprintf("process %s (%s)", pid, clean.Line(name))
	}
	f := strings.Fields(string(text[end+1:]))
	if len(f) < 20 {
		return errStat
	}
	var n [4]float64
	for i, at := range []int{14, 15, 20, 22} {
		if n[i], err = strconv.ParseFloat(f[at-3], 64); err != nil {
			return errStat
		}
	}
	s.Busy += (n[0] + n[1]) / ticks
	s.Threads += n[2]
	s.Start = min(s.Start, n[3]/ticks)
	s.Memory += p.field(dir, "status", "VmRSS:") * 1024
	if open, err := fs.ReadDir(p.root, path.Join(dir, "fd")); err == nil && float64(len(open)) > s.Files {
		s.Files, s.FileLimit = float64(len(open)), p.field(dir, "limits", "Max open files")
	}
	return nil
}

// field is the first number after a name in a file of a process; NaN where there is none.
func (p *process) field(dir, file, name string) float64 {
	text, err := fs.ReadFile(p.root, path.Join(dir, file))
	if err != nil {
		return math.NaN()
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				if n, err := strconv.ParseFloat(f[0], 64); err == nil {
					return n
				}
			}
			return math.NaN()
		}
	}
	return math.NaN()
}

// cpus is how many CPUs the process may use: those it is bound to, less where its control
// group (version 2) has a quota.
func (p *process) cpus(pid string) float64 {
	n := math.NaN()
	text, _ := fs.ReadFile(p.root, path.Join("proc", pid, "status"))
	for line := range strings.Lines(string(text)) {
		if list, ok := strings.CutPrefix(line, "Cpus_allowed_list:"); ok {
			n = countList(strings.TrimSpace(list))
		}
	}
	for _, text := range p.groups(pid, "cpu.max") {
		f := strings.Fields(text)
		if len(f) != 2 {
			continue
		}
		quota, err1 := strconv.ParseFloat(f[0], 64) // "max" has none
		period, err2 := strconv.ParseFloat(f[1], 64)
		if err1 == nil && err2 == nil && period > 0 && quota > 0 {
			n = min(n, quota/period)
		}
	}
	return n
}

// memory is how many bytes there are for the process: the machine's, less where a control
// group bounds it.
func (p *process) memory(pid string) float64 {
	n := p.field("proc", "meminfo", "MemTotal:") * 1024
	for _, text := range p.groups(pid, "memory.max") {
		if most, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && most > 0 {
			n = min(n, most)
		}
	}
	return n
}

// groups are a file of the process' control group and of those above it.
func (p *process) groups(pid, file string) (texts []string) {
	text, err := fs.ReadFile(p.root, path.Join("proc", pid, "cgroup"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		group, ok := strings.CutPrefix(strings.TrimSpace(line), "0::/")
		if !ok {
			continue
		}
		for at := path.Clean("/" + group); ; at = path.Dir(at) {
			if text, err := fs.ReadFile(p.root, path.Join("sys/fs/cgroup", at, file)); err == nil {
				texts = append(texts, string(text))
			}
			if at == "/" {
				break
			}
		}
	}
	return texts
}

// countList counts "0-3,8".
func countList(list string) float64 {
	n := 0
	for part := range strings.SplitSeq(list, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		a, err1 := strconv.Atoi(low)
		b, err2 := strconv.Atoi(high)
		if err1 != nil || err2 != nil || a < 0 || b < a || b > 1<<16 {
			return math.NaN()
		}
		n += b - a + 1
	}
	return float64(n)
}
