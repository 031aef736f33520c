package results

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Limits of what is read: levels of nesting.
const maxDepth = 64

var errDeep = fmt.Errorf("more than %d levels deep", maxDepth)

// errNone says that a file is not of the kind that was asked for.
func errNone(what string) error { return fmt.Errorf("not %s", what) }

// decode reads one JSON document: key names exactly as written, no key twice, valid
// UTF-8, nothing behind it, at most maxDepth levels.
func decode(src []byte, into any) error {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if err := shallow(src); err != nil {
		return err
	}
	return json.Unmarshal(src, into)
}

// shallow refuses what is nested too deeply.
func shallow(src []byte) error {
	depth, inside, escaped := 0, false, false
	for _, c := range src {
		switch {
		case escaped:
			escaped = false
		case inside:
			escaped, inside = c == '\\', c != '"'
		case c == '"':
			inside = true
		case c == '{', c == '[':
			if depth++; depth > maxDepth {
				return errDeep
			}
		case c == '}', c == ']':
			depth--
		}
	}
	return nil
}

// stream reads JSON documents that follow each other, as decode reads one.
func stream(src []byte, each func(jsontext.Value) error) error {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	if err := shallow(src); err != nil {
		return err
	}
	d := jsontext.NewDecoder(bytes.NewReader(src))
	for {
		value, err := d.ReadValue()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := each(value); err != nil {
			return err
		}
	}
}

// isList reports whether a JSON document is an array.
func isList(src []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(src, []byte("\ufeff")), " \t\r\n"), []byte("["))
}

// loose is a text that some tools write as a number or a boolean.
type loose string

// UnmarshalJSON takes a string as it is, and a number or boolean as it is written.
func (l *loose) UnmarshalJSON(src []byte) error {
	switch jsontext.Value(src).Kind() {
	case '"':
		var s string
		err := json.Unmarshal(src, &s)
		*l = loose(s)
		return err
	case '{', '[':
		return errors.New("a text was expected")
	case 'n':
		return nil
	}
	*l = loose(src)
	return nil
}

// element is one XML element while it is open.
type element struct {
	name string // without a prefix
	tag  string // as written
	attr map[string]string
}

// walkXML reads one XML document: open is called at every start tag with the elements
// that are open (the last one is new), close at every end tag, text for what stands
// between. Nothing outside the file is fetched, an attribute that is there twice and a
// second root are errors.
func walkXML(src []byte, open func(path []element) error, text func(path []element, data []byte), end func(path []element)) error {
	d := xml.NewDecoder(bytes.NewReader(src))
	var at []element
	roots := 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return complete(roots, at)
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(at) == 0 {
				roots++
			}
			e := element{t.Name.Local, qualified(t.Name), make(map[string]string, len(t.Attr))}
			for _, a := range t.Attr {
				name := qualified(a.Name)
				if _, twice := e.attr[name]; twice {
					return fmt.Errorf("attribute %s of %s twice", name, e.name)
				}
				e.attr[name] = a.Value
			}
			if at = append(at, e); len(at) > maxDepth {
				return errDeep
			}
			if err := open(at); err != nil {
				return err
			}
		case xml.EndElement:
			if len(at) == 0 || at[len(at)-1].tag != qualified(t.Name) {
				return fmt.Errorf("</%s> closes nothing", qualified(t.Name))
			}
			end(at)
			at = at[:len(at)-1]
		case xml.CharData:
			text(at, t)
		}
	}
}

// complete judges the end of a document.
func complete(roots int, open []element) error {
	switch {
	case len(open) > 0:
		return fmt.Errorf("cut off inside %s", open[len(open)-1].name)
	case roots != 1:
		return fmt.Errorf("%d root elements", roots)
	}
	return nil
}

// qualified is an attribute's name with its prefix.
func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// dates are the forms in which tools write when they ran. Those without a zone are taken
// as UTC.
var dates = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02 15:04:05.999999999",
	time.DateOnly, "Mon, 2 Jan 2006 15:04:05", "2006-01-02T15:04:05.999999999-0700",
}

// parseDate reads a date in any of the usual forms; zero where it is none.
func parseDate(s string) time.Time {
	for _, form := range dates {
		if t, err := time.Parse(form, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
