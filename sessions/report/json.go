package report

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// JSON renders the document, indented, with one trailing newline and without HTML
// escapes. `run --json`, `show --json` and `export --format json` give these bytes.
func JSON(d *Document) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("render the document of session %s: %w", d.Session.ID, err)
	}
	return b.Bytes(), nil
}
