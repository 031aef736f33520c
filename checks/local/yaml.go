package local

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"
)

// SyntaxError is a mistake in a file, at a line where one is known.
type SyntaxError struct {
	Line int
	Say  string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Say
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Say)
}

// Mistake makes a SyntaxError; line is 0 where none is known.
func Mistake(line int, say string) error { return &SyntaxError{Line: line, Say: say} }

// YAML reads every document of a stream; a duplicate key is an error.
func YAML(src []byte) ([]*yaml.Node, error) {
	var docs []*yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(src))
	for {
		var doc yaml.Node
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, &SyntaxError{0, strings.TrimPrefix(err.Error(), "yaml: ")}
		}
		root := &doc
		if doc.Kind == yaml.DocumentNode && len(doc.Content) > 0 {
			root = doc.Content[0]
		}
		if err := duplicateKey(root); err != nil {
			return nil, err
		}
		docs = append(docs, root)
	}
}

func duplicateKey(n *yaml.Node) error {
	seen := map[string]int{}
	for key, value := range Pairs(n) {
		id := key.ShortTag() + " " + key.Value
		if key.Kind == yaml.ScalarNode {
			if first, ok := seen[id]; ok {
				return &SyntaxError{key.Line, fmt.Sprintf("key %q again, first in line %d", key.Value, first)}
			}
			seen[id] = key.Line
		}
		if err := duplicateKey(value); err != nil {
			return err
		}
	}
	if n.Kind == yaml.SequenceNode {
		for _, child := range n.Content {
			if err := duplicateKey(child); err != nil {
				return err
			}
		}
	}
	return nil
}

// Pairs walks the keys and values of a mapping; any other node has none.
func Pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}
