package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of strict JSON.
const (
	MaxJSON   = 1 << 20 // bytes of one document
	maxDepth  = 64      // nested objects and lists
	maxSafe   = 1 << 53 // integers beyond it do not survive other readers
	manyKeys  = 16      // from here on a map looks for keys given twice
	bomPrefix = "\xef\xbb\xbf"
)

// unmarshalStrict decodes JSON whose hash or verdict matters. Beside what encoding/json
// refuses, it refuses what that package lets two readers understand differently: invalid
// UTF-8, a byte order mark, half surrogates, a key given twice, a key in other capitals,
// a key that v does not have, integers beyond 2^53, more than 64 levels, more than MaxJSON
// bytes, and anything after the document. v is a pointer, as for json.Unmarshal.
func unmarshalStrict(data []byte, v any) error {
	if err := checkStrict(data, shapeOf(reflect.TypeOf(v).Elem())); err != nil {
		return err
	}
	return json.Unmarshal(data, v)
}

// checkStrict holds data to the rules of unmarshalStrict for a type of this shape.
func checkStrict(data []byte, want *shape) error {
	return scanStrict(data, func(s *strictScanner) error { return s.value(want) })
}

// scanStrict has walk go through data, which must then be at its end.
func scanStrict(data []byte, walk func(*strictScanner) error) error {
	switch {
	case len(data) > MaxJSON:
		return fmt.Errorf("%d bytes of JSON: at most %d are read", len(data), MaxJSON)
	case bytes.HasPrefix(data, []byte(bomPrefix)):
		return errors.New("a byte order mark before the JSON")
	case !utf8.Valid(data):
		return errors.New("not valid UTF-8")
	}
	s := strictScanner{data: data}
	if err := walk(&s); err != nil {
		return fmt.Errorf("byte %d: %w", s.pos, err)
	}
	if s.pos != len(data) {
		return fmt.Errorf("byte %d: more after the document", s.pos)
	}
	return nil
}

// shape is what a Go type lets JSON hold: named fields, elements, or (nil) anything.
type shape struct {
	fields map[string]*shape // a struct
	elem   *shape            // of a list or map
	object bool              // fields is meant, even if empty
}

var shapes sync.Map // reflect.Type → *shape

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[interface{ UnmarshalText([]byte) error }]()
)

func shapeOf(t reflect.Type) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(jsonUnmarshaler) || reflect.PointerTo(t).Implements(textUnmarshaler) {
		return nil
	}
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	s := &shape{}
	switch t.Kind() {
	case reflect.Struct:
		s.object, s.fields = true, map[string]*shape{}
		addFields(s.fields, t)
	case reflect.Slice, reflect.Array, reflect.Map:
		s.elem = shapeOf(t.Elem())
	default:
		return nil
	}
	shapes.Store(t, s)
	return s
}

func addFields(fields map[string]*shape, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			addFields(fields, f.Type)
		case name != "":
			fields[name] = shapeOf(f.Type)
		default:
			fields[f.Name] = shapeOf(f.Type)
		}
	}
}

// strictScanner walks one JSON document.
type strictScanner struct {
	data  []byte
	pos   int
	depth int
}

func (s *strictScanner) space() {
	for s.pos < len(s.data) && strings.IndexByte(" \t\r\n", s.data[s.pos]) >= 0 {
		s.pos++
	}
}

// next skips white space and returns the byte there, 0 at the end.
func (s *strictScanner) next() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

func (s *strictScanner) value(want *shape) error {
	switch c := s.next(); c {
	case '{', '[':
		if s.depth++; s.depth > maxDepth {
			return fmt.Errorf("more than %d levels", maxDepth)
		}
		defer func() { s.depth-- }()
		if c == '{' {
			return s.object(want)
		}
		return s.list(want)
	case '"':
		_, err := s.str()
		return err
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	case 0:
		return errors.New("the JSON ends early")
	}
	return s.number()
}

func (s *strictScanner) word(w string) error {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(w)) {
		return errors.New("not a JSON value")
	}
	s.pos += len(w)
	return nil
}

func (s *strictScanner) list(want *shape) error {
	var elem *shape
	if want != nil {
		elem = want.elem
	}
	s.pos++
	if s.next() == ']' {
		s.pos++
		return nil
	}
	for {
		if err := s.value(elem); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return nil
		default:
			return errors.New("a list goes on without a comma")
		}
	}
}

func (s *strictScanner) object(want *shape) error {
	return s.members(func(key string) error {
		elem, err := want.member(key)
		if err != nil {
			return err
		}
		return s.value(elem)
	})
}

// members walks an object: value reads the value of each key.
func (s *strictScanner) members(value func(key string) error) error {
	var seen keySet
	s.pos++
	if s.next() == '}' {
		s.pos++
		return nil
	}
	for {
		key, err := s.key()
		if err != nil {
			return err
		}
		if !seen.add(key) {
			return fmt.Errorf("key %.60q twice", key)
		}
		if err := value(key); err != nil {
			return err
		}
		switch s.next() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return nil
		default:
			return errors.New("an object goes on without a comma")
		}
	}
}

// key reads a key and its colon.
func (s *strictScanner) key() (string, error) {
	if s.next() != '"' {
		return "", errors.New("a key is not a string")
	}
	start := s.pos
	escaped, err := s.str()
	if err != nil {
		return "", err
	}
	key := string(s.data[start+1 : s.pos-1])
	if escaped {
		if err := json.Unmarshal(s.data[start:s.pos], &key); err != nil {
			return "", err
		}
	}
	if s.next() != ':' {
		return "", errors.New("a key without a value")
	}
	s.pos++
	return key, nil
}

// member is the shape of a key's value; the error says that the key is not known.
func (sh *shape) member(key string) (*shape, error) {
	if sh == nil {
		return nil, nil
	}
	if !sh.object {
		return sh.elem, nil
	}
	elem, known := sh.fields[key]
	if !known {
		return nil, fmt.Errorf("unknown key %.60q", key)
	}
	return elem, nil
}

// keySet remembers keys; few in a list, many in a map.
type keySet struct {
	few  [manyKeys]string
	n    int
	many map[string]bool
}

// add reports whether key is new.
func (k *keySet) add(key string) bool {
	if k.many != nil {
		if k.many[key] {
			return false
		}
		k.many[key] = true
		return true
	}
	for _, f := range k.few[:k.n] {
		if f == key {
			return false
		}
	}
	if k.n < manyKeys {
		k.few[k.n] = key
		k.n++
		return true
	}
	k.many = map[string]bool{key: true}
	for _, f := range k.few {
		k.many[f] = true
	}
	return true
}

// str passes a string and reports whether there are escapes in it.
func (s *strictScanner) str() (escaped bool, err error) {
	s.pos++
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return escaped, nil
		case c == '\\':
			escaped = true
			if err := s.escape(); err != nil {
				return escaped, err
			}
		case c < 0x20:
			return escaped, errors.New("a control character in a string")
		default:
			s.pos++
		}
	}
	return escaped, errors.New("a string without an end")
}

// escape passes one escape sequence; a surrogate must have its other half.
func (s *strictScanner) escape() error {
	rest := s.data[s.pos:]
	if len(rest) < 2 || strings.IndexByte(`"\/bfnrtu`, rest[1]) < 0 {
		return errors.New("an unknown escape sequence")
	}
	if rest[1] != 'u' {
		s.pos += 2
		return nil
	}
	high, ok := hexRune(rest)
	if !ok {
		return errors.New("an unknown escape sequence")
	}
	s.pos += 6
	if !utf16.IsSurrogate(high) {
		return nil
	}
	low, ok := hexRune(s.data[s.pos:])
	if !ok || utf16.DecodeRune(high, low) == utf8.RuneError {
		return errors.New("half a surrogate pair")
	}
	s.pos += 6
	return nil
}

// hexRune reads \uXXXX at the start of b.
func hexRune(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		d := strings.IndexByte("0123456789abcdef", c|0x20)
		if d < 0 || c < '0' {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

// numberForm is JSON's grammar of numbers (RFC 8259, 6).
var numberForm = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`)

// number passes a number: integers up to 2^53, others as far as a float64 goes.
func (s *strictScanner) number() error {
	start, whole := s.pos, true
	for s.pos < len(s.data) && strings.IndexByte("+-.eE0123456789", s.data[s.pos]) >= 0 {
		whole = whole && strings.IndexByte(".eE", s.data[s.pos]) < 0
		s.pos++
	}
	text := s.data[start:s.pos]
	if !numberForm.Match(text) {
		return errors.New("not a JSON value")
	}
	if whole {
		if i, err := strconv.ParseInt(string(text), 10, 64); err != nil || i > maxSafe || i < -maxSafe {
			return fmt.Errorf("integer %.30s is beyond 2^53", text)
		}
		return nil
	}
	if _, err := strconv.ParseFloat(string(text), 64); err != nil {
		return fmt.Errorf("number %.30s is out of range", text)
	}
	return nil
}
