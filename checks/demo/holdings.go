package demo

import "strings"

// security is something that can be held. Every figure is fixed: the demo answers the same
// question with the same bytes.
type security struct {
	Symbol string
	Name   string
	Sector string
	Cents  int64   // last price, in cents
	Change float64 // percent since yesterday's close
	Days   []int64 // closing prices in cents, oldest first
}

// position is a holding of one account.
type position struct {
	ID       int    `json:"id"`
	Account  int    `json:"account"`
	Symbol   string `json:"symbol"`
	Quantity int64  `json:"quantity"`
	Cents    int64  `json:"cost_cents"` // what one piece cost
}

var securities = []security{
	{"CTN", "Cotton futures", "Agriculture", 7342, 0.84, []int64{7110, 7135, 7098, 7180, 7224, 7206, 7281, 7342}},
	{"CTW", "Cottonwood Paper", "Materials", 4118, -0.31, []int64{4205, 4190, 4222, 4170, 4155, 4162, 4131, 4118}},
	{"WHT", "Wheat futures", "Agriculture", 58125, 1.12, []int64{56400, 56850, 56700, 57120, 57300, 57010, 57480, 58125}},
	{"NSW", "North Sea Wind", "Energy", 2264, 2.05, []int64{2101, 2122, 2140, 2133, 2175, 2190, 2218, 2264}},
	{"HRB", "Harbour Logistics", "Transport", 11870, -1.47, []int64{12310, 12290, 12240, 12180, 12205, 12110, 12047, 11870}},
	{"LTH", "Lithia Batteries", "Materials", 9045, 0.09, []int64{8890, 8965, 9010, 8975, 9060, 9022, 9037, 9045}},
	{"ORC", "Orchard Foods", "Consumer", 3390, 0.44, []int64{3312, 3325, 3340, 3351, 3338, 3366, 3375, 3390}},
	{"QLN", "Quay Lane Offices", "Property", 1529, -0.72, []int64{1588, 1580, 1571, 1566, 1560, 1549, 1540, 1529}},
}

var positions = []position{
	{1, 1, "CTN", 120, 6890}, {2, 1, "NSW", 900, 1985}, {3, 1, "LTH", 60, 8740}, {4, 1, "ORC", 410, 3122},
	{5, 2, "WHT", 25, 54900}, {6, 2, "HRB", 80, 12480}, {7, 2, "CTW", 300, 4011},
	{8, 3, "QLN", 2100, 1601}, {9, 3, "CTN", 45, 7015}, {10, 3, "NSW", 150, 2090},
}

// findSecurities returns those whose name or symbol contains text, whatever its case. The
// text is only ever compared.
func findSecurities(text string) []security {
	text = strings.ToLower(strings.TrimSpace(text))
	var found []security
	for _, s := range securities {
		if text != "" && (strings.Contains(strings.ToLower(s.Name), text) || strings.EqualFold(s.Symbol, text)) {
			found = append(found, s)
		}
	}
	return found
}

// findPositions returns at most limit positions of an account; account 0 means all.
func findPositions(account, limit int) []position {
	found := []position{}
	for _, p := range positions {
		if (account == 0 || p.Account == account) && len(found) < limit {
			found = append(found, p)
		}
	}
	return found
}

// securityOf finds a security by its symbol.
func securityOf(symbol string) (security, bool) {
	for _, s := range securities {
		if s.Symbol == symbol {
			return s, true
		}
	}
	return security{}, false
}
