package results

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// limits are what every import lets a profile say about its files.
type limits struct {
	files  []string
	maxAge time.Duration
	build  bool
	today  bool // age counts against now even where there is a repository
}

// origin is what a result file says about itself.
type origin struct {
	tool   string // with its version
	made   time.Time
	builds []stated
}

// imported is a result file that counts, with what was read from it.
type imported[F any] struct {
	name  string
	facts F
}

// finding is what a kind makes of the files that count.
type finding struct {
	local.Observations
	said         string // the reason where all is well
	measurements []checks.Measurement
	seen         map[checks.Verdict]int
}

// Limits of what is kept: characters of one observation, as names of tests and rules are
// foreign, and observations of one verdict.
const (
	maxSaid = 240
	maxSeen = 300
)

// see appends an observation; what foreign text it quotes is cleaned and shortened. Of
// many alike in verdict the first are kept: one is enough to decide.
func (f *finding) see(v checks.Verdict, file, rule, format string, a ...any) {
	if f.seen == nil {
		f.seen = map[checks.Verdict]int{}
	}
	if f.seen[v]++; f.seen[v] > maxSeen {
		return
	}
	text := []rune(clean.Line(fmt.Sprintf(format, a...)))
	if len(text) > maxSaid {
		text = append(text[:maxSaid-1], '…')
	}
	f.Observations.Add(v, string(clean.Line(file)), 0, rule, "%s", string(text))
}

// measure appends a number.
func (f *finding) measure(name string, value float64, unit string) {
	f.measurements = append(f.measurements, checks.Measurement{Name: name, Value: value, Unit: unit})
}

// reader reads one file.
type reader[F any] func(name string, src []byte) (F, origin, error)

// judged finds, reads and dates the files of a kind and has those that count judged.
func judged[F any](ctx context.Context, p *checks.Probe, w place, l limits, read reader[F], judge func([]imported[F]) finding) checks.Result {
	tree, trouble := repository(ctx, p)
	files, missing, err := w.find(p, tree, l.files)
	switch {
	case err != nil:
		return local.Unclear(p, w.noun, fmt.Sprintf("[results] %s can't be read: %v", w.key, err))
	case len(files)+len(missing) == 0 && trouble != nil:
		return *trouble
	case len(files)+len(missing) == 0:
		return *local.Pending(fmt.Sprintf("not declared: no %s; name it under [results] %s in target.toml, or answer the question", w.noun, w.key))
	}
	in := intake[F]{limits: l, read: read, build: build(p, tree)}
	in.clock = clock{now: p.Now(), limit: l.maxAge}
	if tree != nil && !l.today {
		in.clock.source = local.NewestSource(tree)
	}
	for _, name := range missing {
		in.finding.see(checks.Inconclusive, name, "missing", "is declared under [results] %s, but there is no such file", w.key)
	}
	in.takeAll(files)
	out := in.finding
	if len(in.good) > 0 {
		f := judge(in.good)
		out.Observations = append(out.Observations, f.Observations...)
		out.said, out.measurements = f.said, f.measurements
		for _, v := range checks.Verdicts {
			if more := f.seen[v] - maxSeen; more > 0 {
				fmt.Fprintf(&in.about, "%d more observations of verdict %s are not listed\n", more, v)
			}
		}
	}
	slices.SortStableFunc(out.Observations, func(a, b local.Observation) int {
		if a.Verdict == b.Verdict {
			return 0
		}
		if checks.Worst(a.Verdict, b.Verdict) == a.Verdict {
			return -1
		}
		return 1
	})
	result := checks.NewResult(out.Verdict(), checks.Configuration, out.Reason(out.said), p.Note(title(files, w.noun), in.about.String()+"\n"+out.Table()))
	result.Measurements = out.measurements
	return result
}

// title names the evidence.
func title(files []found, noun string) string {
	if len(files) == 0 {
		return noun
	}
	name := string(clean.Line(files[0].name))
	if more := len(files) - 1; more > 0 {
		name += fmt.Sprintf(" and %d more", more)
	}
	return name
}

// repository is the declared repository, or nil: none is declared, or it can't be read, of
// which the second value tells.
func repository(ctx context.Context, p *checks.Probe) (*source.Tree, *checks.Result) {
	if p.Target.Repository == "" {
		return nil, nil
	}
	return local.Repository(ctx, p)
}

// build is the assessed build: the declared commit, else the repository's current one.
func build(p *checks.Probe, tree *source.Tree) assessed {
	a := assessed{commit: p.Target.Build.Commit, version: p.Target.Version}
	if a.commit == "" && tree != nil {
		if commit, err := tree.Head(); err == nil {
			a.commit = commit
		}
	}
	return a
}

// intake reads files and keeps those that count.
type intake[F any] struct {
	limits
	clock
	read  reader[F]
	build assessed

	good    []imported[F]
	finding finding
	about   strings.Builder // the files, for the evidence
}

// Limits of one check: files that the evidence describes, bytes read of all files.
const (
	maxListed = 50
	maxBytes  = 4 * maxSource
)

// takeAll reads every file. A file that was only found under a usual name, and is too old,
// is set aside where another one counts.
func (in *intake[F]) takeAll(files []found) {
	var aside []found
	var why []string
	var bytes int64
	for i, f := range files {
		if bytes += f.size; bytes > maxBytes {
			in.finding.see(checks.Inconclusive, f.name, "size", "was not read: the files have more than %d MiB together", maxBytes>>20)
			continue
		}
		old := in.take(f, i < maxListed)
		if old == "" {
			continue
		}
		if f.guessed {
			aside, why = append(aside, f), append(why, old)
			continue
		}
		in.finding.see(checks.Inconclusive, f.name, "age", "%s", old)
	}
	for i, f := range aside {
		if len(in.good) > 0 {
			fmt.Fprintf(&in.about, "set aside: %s %s\n", clean.Line(f.name), why[i])
			continue
		}
		in.finding.see(checks.Inconclusive, f.name, "age", "%s", why[i])
	}
	if more := len(files) - maxListed; more > 0 {
		fmt.Fprintf(&in.about, "and %d more files\n", more)
	}
}

// take reads one file; it returns why the file is too old, or "".
func (in *intake[F]) take(f found, list bool) (old string) {
	if old := in.tooOld(f.modified, time.Time{}); old != "" {
		return old
	}
	src, err := f.read()
	if err != nil {
		in.finding.see(checks.Inconclusive, f.name, "read", "%v", err)
		return ""
	}
	facts, from, err := in.read(f.name, src)
	if list {
		fmt.Fprintf(&in.about, "%s: %d bytes, modified %s, sha256 %x%s\n", clean.Line(f.name), len(src),
			f.modified.UTC().Format(time.RFC3339), sha256.Sum256(src), from)
	}
	if err != nil {
		in.finding.see(checks.Inconclusive, f.name, "parse", "does not parse: %v", err)
		return ""
	}
	if old := in.tooOld(f.modified, from.made); old != "" {
		return old
	}
	match, named := in.build.compare(from.builds)
	switch {
	case match == differs:
		in.finding.see(checks.Inconclusive, f.name, "build", "made for build %s, assessed is %s", named, in.build)
	case in.limits.build && match == unsettle:
		in.finding.see(checks.Inconclusive, f.name, "build", "made for build %s, and which is assessed is not known: declare [build] commit", named)
	case in.limits.build && match == unnamed:
		in.finding.see(checks.Inconclusive, f.name, "build", "does not say for which build it was made")
	default:
		in.good = append(in.good, imported[F]{f.name, facts})
	}
	return ""
}

// String says what a file says about itself, for evidence.
func (o origin) String() string {
	s := ""
	if o.tool != "" {
		s += ", by " + string(clean.Line(o.tool))
	}
	if !o.made.IsZero() {
		s += ", made " + o.made.UTC().Format(time.RFC3339)
	}
	for i, b := range o.builds {
		if i == 4 {
			break
		}
		s += fmt.Sprintf(", %s %s", clean.Line(b.name), clean.Line(b.value))
	}
	return s
}
