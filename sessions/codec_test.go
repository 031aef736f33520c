package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// samples holds one payload of every type, every field filled.
func samples(t testing.TB) []Payload {
	t.Helper()
	var out []Payload
	for name, kind := range payloads {
		p, err := kind.decode([]byte("{}"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v := reflect.New(reflect.TypeOf(p)).Elem()
		fill(v, 1)
		out = append(out, v.Interface().(Payload))
	}
	return out
}

// fill gives every field a value that is not its zero.
func fill(v reflect.Value, n int) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(start))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				fill(v.Field(i), n+i)
			}
		}
	case reflect.Slice:
		s := reflect.MakeSlice(v.Type(), 2, 2)
		fill(s.Index(0), n)
		fill(s.Index(1), n+1)
		v.Set(s)
	case reflect.String:
		v.SetString(fmt.Sprintf("“%d” <a&b>", n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint64:
		v.SetUint(uint64(n))
	case reflect.Float64:
		v.SetFloat(float64(n) + 0.5)
	}
}

func TestEventsSurviveTheJournal(t *testing.T) {
	for _, p := range append(samples(t), Unknown{Name: "new.thing", Raw: []byte(`{"a":[1,{"b":"c"}]}`)}) {
		e := Event{Seq: 7, At: start.Add(250 * time.Millisecond), By: "R. Okafor <r@x>", Data: p}
		line, err := EncodeEvent(e)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(line, []byte(`\u003c`)) {
			t.Errorf("%s: HTML escapes: %s", p.Type(), line)
		}
		back, err := DecodeEvent(line)
		if err != nil {
			t.Fatalf("%s: %v in %s", p.Type(), err, line)
		}
		if !reflect.DeepEqual(back, e) {
			t.Errorf("%s: %+v, want %+v", p.Type(), back, e)
		}
		again, err := EncodeEvent(back)
		if err != nil || !bytes.Equal(again, line) {
			t.Errorf("%s: encoded again: %s, %v", p.Type(), again, err)
		}
	}
}

func TestEveryPayloadOfTheVocabularyIsInTheTable(t *testing.T) {
	for _, p := range []Payload{Opened{}, RunStarted{}, RunEnded{}, Consented{}, Checked{}, Judged{}, Noted{}, Marked{},
		FindingRecorded{}, FindingRemoved{}, CauseLinked{}, Waived{}, ConditionRecorded{}, ConditionRemoved{}, Declared{},
		ColourDeclared{}, TextEdited{}, Ticked{}, Promoted{}, Assigned{}, Earlier{}, SignedOff{}, BaselineSet{}, Undone{}, Redone{}, EvidenceAttached{}, EvidenceRedacted{}} {
		kind, known := payloads[p.Type()]
		if !known {
			t.Errorf("%s is missing", p.Type())
			continue
		}
		if got, _ := kind.decode([]byte("{}")); reflect.TypeOf(got) != reflect.TypeOf(p) {
			t.Errorf("%s decodes to %T", p.Type(), got)
		}
	}
	if len(payloads) != 27 {
		t.Errorf("%d types in the table: add the new one to this test", len(payloads))
	}
}

func TestDecodeEventIsStrict(t *testing.T) {
	good := `{"seq":2,"at":"2026-11-22T14:09:31.000Z","by":"ann","type":"item.marked","data":{"items":["A"],"on":true}}`
	if _, err := DecodeEvent([]byte(good)); err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) string {
		out := strings.Replace(good, old, new, 1)
		if out == good {
			t.Fatalf("%q is not in the sample", old)
		}
		return out
	}
	deep := strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)
	for name, line := range map[string]string{
		"empty":                    "",
		"null":                     "null",
		"a list":                   "[]",
		"trailing brace":           good + "}",
		"trailing space":           good + " ",
		"trailing line feed":       good + "\n",
		"a byte order mark":        "\xef\xbb\xbf" + good,
		"bad UTF-8":                change(`"ann"`, "\"a\xff\""),
		"half a surrogate":         change(`"ann"`, `"\ud800"`),
		"two high surrogates":      change(`"ann"`, `"\ud800\ud800"`),
		"a control character":      change(`"ann"`, "\"a\x01\""),
		"a key twice":              change(`"by":`, `"seq":2,"by":`),
		"a key twice, escaped":     change(`"by":`, `"\u0073eq":2,"by":`),
		"a key twice inside":       change(`"on":true`, `"on":true,"on":false`),
		"other capitals":           change(`"by"`, `"BY"`),
		"other capitals inside":    change(`"on"`, `"On"`),
		"a long s":                 change(`"items"`, `"itemſ"`),
		"an unknown key":           change(`"by":`, `"more":1,"by":`),
		"an unknown key inside":    change(`"on":true`, `"on":true,"off":1`),
		"too deep":                 change(`{"items":["A"],"on":true}`, deep),
		"seq beyond 2^53":          change(`"seq":2`, `"seq":9007199254740993`),
		"seq beyond 2^63":          change(`"seq":2`, `"seq":9223372036854775808`),
		"seq a fraction":           change(`"seq":2`, `"seq":2.5`),
		"seq zero":                 change(`"seq":2`, `"seq":0`),
		"seq missing":              change(`"seq":2,`, ``),
		"a number out of range":    change(`"on":true`, `"on":1e400`),
		"a leading zero":           change(`"seq":2`, `"seq":02`),
		"a time without ms":        change(`31.000Z`, `31Z`),
		"a time of another zone":   change(`31.000Z`, `31.000+01:00`),
		"a day that is not":        change(`2026-11-22`, `2026-02-30`),
		"no type":                  change(`"type":"item.marked"`, `"type":""`),
		"a type of other letters":  change(`item.marked`, `Item Marked`),
		"data missing":             change(`,"data":{"items":["A"],"on":true}`, ``),
		"data null":                change(`{"items":["A"],"on":true}`, `null`),
		"data of another form":     change(`["A"]`, `"A"`),
		"unknown type, key twice":  change(`item.marked","data":{"items":["A"],"on":true}`, `item.new","data":{"a":1,"a":2}`),
		"more than a line may be":  change(`"ann"`, `"`+strings.Repeat("a", MaxLine)+`"`),
		"an escape that is none":   change(`"ann"`, `"\x41"`),
		"an escape cut short":      change(`"ann"`, `"\u00"`),
		"a string without an end":  good[:20],
		"a value that is a word":   change(`true`, `yes`),
		"no comma in a list":       change(`["A"]`, `["A" "B"]`),
		"a comma too many in it":   change(`["A"]`, `["A",]`),
		"a comma too many":         change(`true}`, `true,}`),
		"a key without quotes":     change(`"on"`, `on`),
		"a colon too few":          change(`"on":`, `"on"`),
		"a comma too few":          change(`,"on"`, ` "on"`),
		"a minus alone":            change(`"seq":2`, `"seq":-`),
		"cut in a literal":         change(`true}}`, `tru`),
		"cut before a list's end":  good[:strings.Index(good, `"A"`)+3],
		"cut before an object end": good[:len(good)-1],
	} {
		if e, err := DecodeEvent([]byte(line)); err == nil {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
}

func TestUnknownTypesAreKept(t *testing.T) {
	line := []byte(`{"seq":2,"at":"2026-11-22T14:09:31.000Z","by":"ann","type":"moon.phase","data":{"Items":1,"items":2}}`)
	e, err := DecodeEvent(line)
	if err != nil {
		t.Fatal(err)
	}
	u, ok := e.Data.(Unknown)
	if !ok || u.Type() != "moon.phase" || string(u.Raw) != `{"Items":1,"items":2}` {
		t.Fatalf("%+v", e.Data)
	}
	if st := small(t, ".....", u); st.Unknown != 1 {
		t.Errorf("%d unknown events counted", st.Unknown)
	}
}

func TestTextsAreCleanedAgainWhenRead(t *testing.T) {
	line := []byte(`{"seq":2,"at":"2026-11-22T14:09:31.000Z","by":"a\u001b[2Jb","type":"item.noted","data":{"item":"A","text":"x\u202ey"}}`)
	e, err := DecodeEvent(line)
	if err != nil {
		t.Fatal(err)
	}
	if e.By != clean.Line("a\x1b[2Jb") || e.Data.(Noted).Text != clean.Block("x\u202ey") {
		t.Errorf("%q, %q", e.By, e.Data.(Noted).Text)
	}
}

func TestEncodeRefusesWhatCannotBeRead(t *testing.T) {
	long := Noted{Item: "A", Text: clean.Text(strings.Repeat("a", MaxLine))}
	if _, err := EncodeEvent(Event{Seq: 2, At: start, Data: long}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too long: %v", err)
	}
	nan := Checked{Measurements: []checks.Measurement{{Name: "n", Value: nanValue()}}}
	if _, err := EncodeEvent(Event{Seq: 2, At: start, Data: nan}); err == nil {
		t.Error("a number without a JSON form was encoded")
	}
}

func nanValue() float64 { var zero float64; return zero / zero }

func TestBound(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"short", 10, "short"}, {"exactly ten", 11, "exactly ten"}, {"a longer name", 8, "a lon…"},
		{strings.Repeat(`"`, 20), 9, `"""…`}, {"äöüäöü", 8, "äö…"}, {"", 3, ""},
	} {
		got := bound(c.in, c.n)
		form, err := json.Marshal(got)
		if got != c.want || err != nil || len(form)-2 > c.n {
			t.Errorf("bound(%q, %d) = %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// FuzzDecodeEvent holds the reader to: whatever it accepts is written back as something
// that it reads as the same.
func FuzzDecodeEvent(f *testing.F) {
	for _, p := range samples(f) {
		if line, err := EncodeEvent(Event{Seq: 3, At: start, By: "ann", Data: p}); err == nil {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := DecodeEvent(line)
		if err != nil {
			return
		}
		again, err := EncodeEvent(e)
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		back, err := DecodeEvent(again)
		if err != nil || !reflect.DeepEqual(back, e) {
			t.Fatalf("%s: %+v, then %+v, %v", line, e, back, err)
		}
	})
}
