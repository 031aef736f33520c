package deploy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v4"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

// errFormat says that a file's name tells no format that is known here.
var errFormat = errors.New("unknown format")

// scalar is one value of a configuration file, with the line where the format tells it.
type scalar struct {
	Line       int
	Key, Value string
}

// parsers are the formats by file extension.
var parsers = map[string]func([]byte) ([]scalar, error){
	".yaml": yamlScalars, ".yml": yamlScalars,
	".json": jsonScalars, ".toml": tomlScalars, ".xml": xmlScalars,
	".ini": iniScalars, ".cfg": iniScalars, ".properties": iniScalars,
}

// parseConfig parses a configuration file by its extension. The format's name comes back
// even when the file is wrong; errFormat when the extension is not known.
func parseConfig(name string, src []byte) (format string, values []scalar, err error) {
	ext := strings.ToLower(path.Ext(name))
	parse, ok := parsers[ext]
	if !ok {
		return "", nil, fmt.Errorf("%w %q", errFormat, ext)
	}
	values, err = parse(src)
	return strings.TrimPrefix(ext, "."), values, err
}

func yamlScalars(src []byte) (values []scalar, err error) {
	docs, err := local.YAML(src)
	var walk func(key string, n *yaml.Node)
	walk = func(key string, n *yaml.Node) {
		switch n.Kind {
		case yaml.ScalarNode:
			values = append(values, scalar{n.Line, key, n.Value})
		case yaml.SequenceNode:
			for _, child := range n.Content {
				walk(key, child)
			}
		}
		for k, v := range local.Pairs(n) {
			walk(k.Value, v)
		}
	}
	for _, doc := range docs {
		walk("", doc)
	}
	return values, err
}

func jsonScalars(src []byte) (values []scalar, err error) {
	d := json.NewDecoder(bytes.NewReader(src))
	line, counted := 1, int64(0)
	lineAt := func() int {
		at := min(d.InputOffset(), int64(len(src)))
		line, counted = line+bytes.Count(src[counted:at], []byte("\n")), at
		return line
	}
	if err = jsonValue(d, "", 0, lineAt, &values); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, local.Mistake(lineAt(), "something follows the value")
	}
	return values, nil
}

// deepest is how many levels a JSON file may have.
const deepest = 1000

func jsonValue(d *json.Decoder, key string, depth int, lineAt func() int, values *[]scalar) error {
	if depth > deepest {
		return local.Mistake(lineAt(), fmt.Sprintf("more than %d levels deep", deepest))
	}
	token := func() (json.Token, error) {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			err = errors.New("the file ends too early")
		}
		if err != nil {
			return nil, local.Mistake(lineAt(), err.Error())
		}
		return t, nil
	}
	t, err := token()
	if err != nil {
		return err
	}
	open, ok := t.(json.Delim)
	if !ok {
		if s, ok := t.(string); ok {
			*values = append(*values, scalar{lineAt(), key, s})
		}
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			if t, err = token(); err != nil {
				return err
			}
			key = t.(string)
			if seen[key] {
				return local.Mistake(lineAt(), fmt.Sprintf("key %q again", key))
			}
			seen[key] = true
		}
		if err := jsonValue(d, key, depth+1, lineAt, values); err != nil {
			return err
		}
	}
	_, err = token() // the closing one
	return err
}

func tomlScalars(src []byte) (values []scalar, err error) {
	var doc map[string]any
	if _, err := checks.ReadTOML(src, &doc); err != nil {
		var p toml.ParseError
		if errors.As(err, &p) {
			return nil, local.Mistake(p.Position.Line, p.Message)
		}
		return nil, local.Mistake(0, err.Error())
	}
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(k, e)
			}
		case []map[string]any:
			for _, e := range v {
				walk(key, e)
			}
		case []any:
			for _, e := range v {
				walk(key, e)
			}
		case string:
			values = append(values, scalar{0, key, v})
		}
	}
	walk("", doc)
	return values, nil
}

// iniScalars reads sections, NAME = value or NAME: value, and comments after ; or #. An
// indented line continues the value above it.
func iniScalars(src []byte) (values []scalar, err error) {
	seen, section := map[string]int{}, ""
	lines := bufio.NewScanner(bytes.NewReader(src))
	lines.Buffer(nil, len(src)+1)
	for n := 1; lines.Scan(); n++ {
		raw := lines.Text()
		line := strings.TrimSpace(raw)
		switch {
		case line == "", line[0] == ';', line[0] == '#', line[0] == '!':
			continue
		case line[0] == '[':
			if !strings.HasSuffix(line, "]") {
				return nil, local.Mistake(n, "section without a closing bracket")
			}
			section = line
			continue
		case raw[0] == ' ' || raw[0] == '\t':
			if len(values) == 0 {
				return nil, local.Mistake(n, "continues nothing")
			}
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at <= 0 {
			return nil, local.Mistake(n, "neither a section nor NAME = value")
		}
		key := strings.TrimSpace(line[:at])
		if first, ok := seen[section+key]; ok {
			return nil, local.Mistake(n, fmt.Sprintf("%q again, first in line %d", key, first))
		}
		seen[section+key] = n
		values = append(values, scalar{n, key, strings.TrimSpace(line[at+1:])})
	}
	return values, lines.Err()
}

func xmlScalars(src []byte) (values []scalar, err error) {
	d := xml.NewDecoder(bytes.NewReader(src))
	elements, inside := 0, ""
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := d.InputPos()
		if err != nil {
			return nil, local.Mistake(line, strings.TrimPrefix(err.Error(), "XML syntax error on "))
		}
		switch t := t.(type) {
		case xml.StartElement:
			elements++
			inside = t.Name.Local
			for _, a := range t.Attr {
				values = append(values, scalar{line, a.Name.Local, a.Value})
			}
		case xml.CharData:
			if s := strings.TrimSpace(string(t)); s != "" {
				values = append(values, scalar{line, inside, s})
			}
		}
	}
	if elements == 0 {
		return nil, local.Mistake(0, "no element")
	}
	return values, nil
}
