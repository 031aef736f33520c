package results

import "assess/gonogo/checks/clean"

// Tests is what a JUnit XML file says of one test run.
type Tests struct {
	Ran, Failed, Skipped, Flaky int        // Failed counts errors too; Flaky passed when repeated
	First                       clean.Text // the first that failed
	Cut                         string     // why the file can't be whole; empty when it may be
}

// ReadTests sums up a JUnit XML file. An error says that it is none, or a broken one.
func ReadTests(src []byte) (Tests, error) {
	file, _, err := readJUnit("", src)
	if err != nil {
		return Tests{}, err
	}
	t := Tests{Cut: file.cut}
	for _, c := range file.cases {
		switch {
		case c.Failed || c.Broken:
			if t.Failed == 0 {
				t.First = clean.Line(c.Class + " " + c.Name)
			}
			t.Failed++
			t.Ran++
		case c.Skipped:
			t.Skipped++
		default:
			if c.Flaky {
				t.Flaky++
			}
			t.Ran++
		}
	}
	return t, nil
}
