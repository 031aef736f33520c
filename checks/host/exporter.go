package host

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"assess/gonogo/checks"
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
	families, err := families(x)
	if err != nil {
		bad := checks.NewResult(checks.Inconclusive, "", answer.Label(e.p, r)+" "+err.Error(), seen...)
		return reading{}, nil, &bad
	}
	return readPage(families), seen, nil
}

type page map[string]*dto.MetricFamily

// families parses exposition text. The parser has panicked on hostile text before: that
// counts as unreadable.
func families(x *observe.Exchange) (out page, err error) {
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("can't be read: %v", r)
		}
	}()
	switch {
	case x.Status != 200:
		return nil, fmt.Errorf("answers %d", x.Status)
	case x.Truncated:
		return nil, fmt.Errorf("is longer than can be read")
	}
	body, _, _ := bytes.Cut(x.Body, []byte("\n# EOF"))
	body = append(bytes.TrimRight(slices.Clone(body), "\n"), '\n')
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if out, err = parser.TextToMetricFamilies(bytes.NewReader(body)); err != nil {
		return nil, fmt.Errorf("is not exposition text")
	}
	return out, nil
}

// unwritable are file systems that are always full or not on a disk.
var unwritable = []string{"tmpfs", "ramfs", "devtmpfs", "squashfs", "iso9660", "erofs", "cramfs", "rootfs", "nsfs", "proc", "sysfs", "fuse.lxcfs"}

// readPage takes the figures off a page.
func readPage(p page) reading {
	var r reading
	r.Idle, r.Total, r.NoCPU = p.cpu()
	memory, okMemory := p.value("node_memory_MemTotal_bytes", nil)
	free, okFree := p.value("node_memory_MemAvailable_bytes", nil)
	r.Memory, r.Free, r.NoMemory = memory, free, !okMemory || !okFree
	for _, m := range p["node_filesystem_size_bytes"].GetMetric() {
		at := labels(m)
		free, okFree := p.value("node_filesystem_free_bytes", at)
		avail, okAvail := p.value("node_filesystem_avail_bytes", at)
		readOnly, _ := p.value("node_filesystem_readonly", at)
		size, _ := number(m)
		if okFree && okAvail && size > 0 && readOnly == 0 && !slices.Contains(unwritable, at["fstype"]) {
			r.Disks = append(r.Disks, disk{Mount: at["mountpoint"], Size: size, Free: free, Avail: avail})
		}
	}
	return r
}

// cpu adds up the time of all CPUs. The time of guests is part of user and nice already;
// waiting for disks leaves the CPU idle.
func (p page) cpu() (idle, total float64, none bool) {
	none = true
	for _, m := range p["node_cpu_seconds_total"].GetMetric() {
		seconds, ok := number(m)
		if !ok {
			continue
		}
		mode := labels(m)["mode"]
		total += seconds
		if mode == "idle" || mode == "iowait" {
			idle += seconds
		}
		none = none && mode != "idle"
	}
	return idle, total, none
}

// value finds the sample of a family that has exactly these labels.
func (p page) value(name string, at map[string]string) (float64, bool) {
	for _, m := range p[name].GetMetric() {
		have := labels(m)
		same := len(have) == len(at)
		for key, value := range at {
			same = same && have[key] == value
		}
		if same {
			return number(m)
		}
	}
	return 0, false
}

func labels(m *dto.Metric) map[string]string {
	out := map[string]string{}
	for _, l := range m.GetLabel() {
		out[l.GetName()] = l.GetValue()
	}
	return out
}

func number(m *dto.Metric) (float64, bool) {
	switch {
	case m.GetGauge() != nil:
		return m.GetGauge().GetValue(), true
	case m.GetCounter() != nil:
		return m.GetCounter().GetValue(), true
	case m.GetUntyped() != nil:
		return m.GetUntyped().GetValue(), true
	}
	return 0, false
}
