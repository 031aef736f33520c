package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"go.yaml.in/yaml/v4"
)

// What a description may hold. Descriptions of large products have some ten thousand nodes
// and nest thirty deep.
const (
	maxDepth = 100
	maxNodes = 300_000
	maxBytes = 8 << 20   // of text, once YAML's aliases are written out
	maxSteps = 5_000_000 // nodes below all references together
)

var (
	errDeep  = fmt.Errorf("the description nests more than %d deep", maxDepth)
	errLarge = fmt.Errorf("the description holds more than %d values or %d MiB once its aliases are written out", maxNodes, maxBytes>>20)
)

// parse reads a JSON or YAML object.
func parse(text []byte) (map[string]any, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	trimmed := bytes.TrimSpace(text)
	switch {
	case len(trimmed) == 0 || trimmed[0] == '<' || bytes.IndexByte(text, 0) >= 0:
		return nil, ErrNone
	case trimmed[0] == '{':
		return parseJSON(trimmed)
	}
	return parseYAML(text)
}

func parseJSON(text []byte) (map[string]any, error) {
	if !json.Valid(text) {
		return nil, ErrNone
	}
	depth, nodes := 0, 0
	tokens := json.NewDecoder(bytes.NewReader(text))
	tokens.UseNumber()
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, ErrNone
		}
		nodes++
		if d, ok := token.(json.Delim); ok {
			if depth++; d == '}' || d == ']' {
				depth -= 2
			}
		}
		if depth > maxDepth {
			return nil, errDeep
		}
		if nodes > 2*maxNodes {
			return nil, errLarge
		}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var root map[string]any
	if err := d.Decode(&root); err != nil || root == nil {
		return nil, ErrNone
	}
	return root, nil
}

func parseYAML(text []byte) (map[string]any, error) {
	// Of a text that says neither word, no parser needs to be troubled.
	if !bytes.Contains(text, []byte("openapi")) && !bytes.Contains(text, []byte("swagger")) {
		return nil, ErrNone
	}
	var doc yaml.Node
	if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); err != nil {
		return nil, ErrNone
	}
	var w yamlWriter
	value, err := w.value(&doc, 0)
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, ErrNone
	}
	return root, nil
}

// yamlWriter writes YAML out as what JSON could say, aliases included, and counts.
type yamlWriter struct{ nodes, bytes int }

func (w *yamlWriter) value(n *yaml.Node, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	w.nodes++
	w.bytes += len(n.Value)
	if w.nodes > maxNodes || w.bytes > maxBytes {
		return nil, errLarge
	}
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) == 0 {
			return nil, ErrNone
		}
		return w.value(n.Content[0], depth)
	case yaml.AliasNode:
		if n.Alias == nil {
			return nil, ErrNone
		}
		return w.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		list := make([]any, 0, len(n.Content))
		for _, child := range n.Content {
			v, err := w.value(child, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return w.mapping(n, depth)
	}
	return scalar(n), nil
}

// mapping reads a mapping; merged keys (<<) never replace its own.
func (w *yamlWriter) mapping(n *yaml.Node, depth int) (any, error) {
	object := map[string]any{}
	var merged []map[string]any
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		v, err := w.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		w.nodes++
		w.bytes += len(key.Value)
		if key.Value == "<<" && key.Style == 0 {
			if from, ok := v.(map[string]any); ok {
				merged = append(merged, from)
				continue
			}
		}
		object[key.Value] = v
	}
	for _, from := range merged {
		for key, v := range from {
			if _, own := object[key]; !own {
				object[key] = v
			}
		}
	}
	return object, nil
}

// scalar is the value that JSON would have; what it can't say stays text.
func scalar(n *yaml.Node) any {
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool", "!!int", "!!float":
		var v any
		if n.Decode(&v) != nil {
			return n.Value
		}
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return n.Value
		}
		return v
	}
	return n.Value
}

// interlinked refuses a document whose references lead to more than can be walked: what
// stands below a reference is walked once for each reference.
func interlinked(root map[string]any) error {
	steps := 0
	var refs []string
	count(root, &refs)
	sizes := map[string]int{}
	for _, ref := range refs {
		size, known := sizes[ref]
		if !known {
			size = count(at(root, ref), nil)
			sizes[ref] = size
		}
		if steps += size; steps > maxSteps {
			return errors.New("its references lead to more than is followed")
		}
	}
	return nil
}

// count counts the values of v and, where refs is given, gathers its references.
func count(v any, refs *[]string) int {
	n := 1
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && refs != nil {
			*refs = append(*refs, ref)
		}
		for _, child := range v {
			n += count(child, refs)
		}
	case []any:
		for _, child := range v {
			n += count(child, refs)
		}
	}
	return n
}

// at finds what a reference within the document points to (RFC 6901), nil when nothing.
func at(root any, ref string) any {
	path, local := strings.CutPrefix(ref, "#/")
	if !local {
		return nil
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for part := range strings.SplitSeq(path, "/") {
		object, ok := root.(map[string]any)
		if !ok {
			return nil
		}
		root = object[unescape.Replace(part)]
	}
	return root
}
