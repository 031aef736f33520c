package conditions

import (
	"slices"
	"testing"

	"assess/gonogo/checks"
)

func TestEndingsFindTheirItems(t *testing.T) {
	var items []checks.Planned
	for _, id := range []string{"P5-SEC-HDR-01", "P5-QUA-HDR-01", "P5-SEC-COR-01"} {
		items = append(items, checks.Planned{Item: &checks.Item{ID: id}})
	}
	for typed, want := range map[string][]string{
		"COR-01": {"P5-SEC-COR-01"}, "SEC-HDR-01": {"P5-SEC-HDR-01"}, "OR-01": nil,
		"HDR-01": {"P5-SEC-HDR-01", "P5-QUA-HDR-01"}, "P5-SEC-COR-01": nil,
	} {
		if got := ending(items, typed); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", typed, got, want)
		}
	}
}
