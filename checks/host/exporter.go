package host

import (
	"context"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// exporter reads a page of Prometheus' node exporter.
type exporter struct {
	p   *checks.Probe
	url string
}

func (e exporter) name() string { return "the host behind " + e.url }

func (e exporter) read(ctx context.Context, resource string) (reading, []checks.Evidence, *checks.Result) {
	r := observe.Request{URL: e.url, Fresh: resource == "cpu"}
	x, err := e.p.Do(ctx, r)
	if err != nil {
		bad := answer.Unanswered(e.p, answer.Label(e.p, r), err)
		return reading{}, nil, &bad
	}
	seen := []checks.Evidence{e.p.Exchange(x)}
	page, err := exposition.Read(x)
	if err != nil {
		bad := checks.NewResult(checks.Inconclusive, "", answer.Label(e.p, r)+" "+err.Error(), seen...)
		return reading{}, nil, &bad
	}
	return readPage(page), seen, nil
}

// unwritable are file systems that are always full or not on a disk.
var unwritable = []string{"tmpfs", "ramfs", "devtmpfs", "squashfs", "iso9660", "erofs", "cramfs", "rootfs", "nsfs", "proc", "sysfs", "fuse.lxcfs"}

// readPage takes the figures off a page.
func readPage(p exposition.Page) reading {
	var r reading
	idle, total, ok := p.CPU()
	r.Idle, r.Total, r.NoCPU = idle, total, !ok
	memory, okMemory := p.Value("node_memory_MemTotal_bytes", nil)
	free, okFree := p.Value("node_memory_MemAvailable_bytes", nil)
	r.Memory, r.Free, r.NoMemory = memory, free, !okMemory || !okFree
	for _, m := range p["node_filesystem_size_bytes"].GetMetric() {
		at := exposition.Labels(m)
		free, okFree := p.Value("node_filesystem_free_bytes", at)
		avail, okAvail := p.Value("node_filesystem_avail_bytes", at)
		readOnly, _ := p.Value("node_filesystem_readonly", at)
		size, _ := exposition.Number(m)
		if okFree && okAvail && size > 0 && readOnly == 0 && !slices.Contains(unwritable, at["fstype"]) {
			r.Disks = append(r.Disks, disk{Mount: at["mountpoint"], Size: size, Free: free, Avail: avail})
		}
	}
	return r
}
