package report

import "fmt"

// Bodies gives a piece of evidence's bytes by its SHA-256, in hex; sessions.ErrTakenOut and
// sessions.ErrNotFound say that they are not there, any other error ends a report. A nil
// Bodies means that they are withheld: a report then says so and keeps their digests.
type Bodies func(sha256 string) ([]byte, error)

// File is one file of a report. Name has no folder in it.
type File struct {
	Name string
	Data []byte
}

// Format is one form that a report can be handed over in. One of Render and Files is set.
type Format struct {
	Name   string // what --format takes
	Ext    string // how its file's name ends, with the dot; empty: it is a folder of files
	Words  string // what it is and for whom, without a full stop
	Bodies bool   // evidence's bytes appear in it, unless they are withheld
	Render func(d *Document, bodies Bodies) ([]byte, error)
	Files  func(d *Document, bodies Bodies) ([]File, error)
}

// Formats lists every format, the one people read first.
var Formats = []Format{
	{Name: "md", Ext: ".md", Words: "Markdown, for a forge or a wiki",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return Markdown(d), nil }},
	{Name: "html", Ext: ".html", Words: "one page to read, print or mail", Bodies: true, Render: HTML},
	{Name: "json", Ext: ".json", Words: "the whole document, for programs",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return JSON(d) }},
	{Name: "csv", Ext: ".csv", Words: "items and findings, for a spreadsheet",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return CSV(d) }},
	{Name: "sarif", Ext: ".sarif", Words: "SARIF 2.1.0, for code-scanning pages",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return SARIF(d) }},
	{Name: "junit", Ext: ".xml", Words: "JUnit XML, for a pipeline's test page",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return JUnit(d) }},
	{Name: "oscal", Ext: ".oscal.json", Words: "OSCAL assessment results, for compliance tools",
		Render: func(d *Document, _ Bodies) ([]byte, error) { return OSCAL(d) }},
	{Name: "evidence", Words: "a folder with a JSON file a category, with the evidence", Bodies: true, Files: EvidenceFiles},
}

// FormatOf returns the format of a name.
func FormatOf(name string) (Format, error) {
	names := ""
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = join(", ", names, f.Name)
	}
	return Format{}, fmt.Errorf("no format %q: there are %s", name, names)
}
