package backup

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// Params are the parameters of ops.backup.evidence.
type Params struct {
	RPO *time.Duration `toml:"rpo" doc:"how old the newest may be; default the target's [backup] rpo, then 26h"`
}

var evidence = checks.Define(checks.Kind{
	ID: "ops.backup.evidence", Title: "A backup file exists that is young and whole", Class: checks.Local, Severity: checks.Critical, Limit: 3 * time.Minute,
	Sends: "nothing; reads the newest of the files under [backup] files, at most 4 GiB of it",
	Rule: "PASS: the newest file is younger than the recovery point objective (26 h), at least half as large as the median of the five before, begins as a backup does, unpacks to its end where it is packed, " +
		"matches its checksum where one lies beside it, is encrypted, and a copy elsewhere is stated. WARN: up to twice as old, smaller, nothing before to compare with, of unknown format, " +
		"not encrypted, no copy elsewhere, or too large to be read whole. FAIL: none, older, under 1 KiB, cut off, or another checksum. " +
		"pending: nothing is declared, or a managed service makes them, which a person must state with a link and a date. inconclusive: the folder can't be listed from here, a file can't be read, or its time lies ahead. " +
		"A pass says that a backup file exists, never that it can be restored.",
	Fix: "Automate it; write to a new file, rename it when it is whole, put its SHA-256 beside it (sha256sum FILE > FILE.sha256); encrypt it (age, gpg) or say under sealed how its place is; " +
		"copy it to another account or site and say so under offsite; alert on age and size.",
	Refs: []string{"SRE 26", "ISO/IEC 27001 A.8.13"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	declared := p.Target.Backup
	if len(declared.Files) == 0 {
		return undeclared(p, declared)
	}
	found, err := p.Declared(declared.Files...)
	if err != nil {
		return checks.NewResult(checks.Inconclusive, "", "the backup files can't be listed", p.Note("backup files", err.Error()))
	}
	f := facts{Now: p.Now(), RPO: defaultRPO, Offsite: strings.TrimSpace(declared.Offsite) != "", Kept: strings.TrimSpace(declared.Sealed) != ""}
	if declared.RPO > 0 {
		f.RPO = declared.RPO
	}
	if params.RPO != nil {
		f.RPO = *params.RPO
	}
	found = slices.DeleteFunc(found, func(d checks.DeclaredFile) bool { return aside.MatchString(d.Name) })
	if len(found) == 0 {
		return none(p, declared.Files)
	}
	newest := found[0]
	f.Name, f.Size, f.Modified = path.Base(newest.Name), newest.Size, newest.Modified
	for _, d := range found[1:min(len(found), 1+compared)] {
		f.Before = append(f.Before, d.Size)
	}
	f.inspect(ctx, p, newest)
	v, reason := judge(f)
	r := checks.NewResult(v, "", reason, p.Note("backup files", f.table(found)))
	r.Measurements = []checks.Measurement{{Name: "age of the newest backup", Value: f.age().Hours(), Unit: "h"}, {Name: "size of the newest backup", Value: float64(f.Size), Unit: "B"}}
	return r
})

// defaultRPO is a day, with time for the job itself.
const defaultRPO = 26 * time.Hour

// compared is how many earlier files the newest is compared with.
const compared = 5

// aside matches the files that lie beside backups and are none: checksums, signatures, and
// what is still being written.
var aside = regexp.MustCompile(`(?i)\.(sha\d*|sha\d+sum|md5|sum|sig|asc\.sig|minisig|log|part|partial|tmp|temp|incomplete|filepart|lock)$|(?:^|/)(?:SHA\d+SUMS|MD5SUMS|CHECKSUMS?)$`)

// undeclared is the answer where no file is named.
func undeclared(p *checks.Probe, d checks.Backup) checks.Result {
	if d.Managed == "" {
		return checks.NewResult(checks.Pending, "", "not declared: [backup] files")
	}
	return checks.NewResult(checks.Pending, "", "backups are made by "+d.Managed+": a person must say when the newest was made and where that is seen",
		p.Note("[backup] as declared", "managed: "+d.Managed+"\n"))
}

// none is the answer where no file matches: a failure only where gonogo could look.
func none(p *checks.Probe, patterns []string) checks.Result {
	note, blind := "", false
	for _, pattern := range patterns {
		seen := "its folder was listed, no file matches"
		if err := p.Folder(pattern); err != nil {
			seen, blind = err.Error(), true
		}
		note += pattern + ": " + seen + "\n"
	}
	if blind {
		return checks.NewResult(checks.Inconclusive, "", "the folder of the backups can't be listed from this host: run gonogo where they are", p.Note("backup files", note))
	}
	return checks.NewResult(checks.Fail, "", "there is no backup file where the target says they are", p.Note("backup files", note))
}

// table prints what was seen, for evidence: names, sizes and times, nothing of the content.
func (f facts) table(found []checks.DeclaredFile) string {
	var b strings.Builder
	for i, d := range found[:min(len(found), 1+compared)] {
		fmt.Fprintf(&b, "%d. %s  %d bytes  %s\n", i+1, d.Name, d.Size, d.Modified.UTC().Format(time.RFC3339))
	}
	fmt.Fprintf(&b, "of %d files\nnewest begins as: %s\n", len(found), f.Format)
	if f.Inside != "" {
		fmt.Fprintf(&b, "inside: %s, unpacked to its end: %t\n", f.Inside, f.Whole)
	}
	fmt.Fprintf(&b, "checksum: %s\nobjective: %s\n", f.Checksum, f.RPO)
	if f.Broken != nil {
		fmt.Fprintf(&b, "broken: %v\n", f.Broken)
	}
	if f.Unread != nil {
		fmt.Fprintf(&b, "unread: %v\n", f.Unread)
	}
	fmt.Fprintf(&b, "copy elsewhere stated: %t\nencrypted place stated: %t\n", f.Offsite, f.Kept)
	return b.String()
}
