package sessions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"assess/gonogo/checks/clean"
)

// Format is the version of the journal format that this gonogo writes. A newer one opens
// read-only.
const Format = 1

// MaxLine is the longest JSON of one event, in bytes.
const MaxLine = MaxJSON

// atLayout writes an event's time: RFC 3339, UTC, milliseconds.
const atLayout = "2006-01-02T15:04:05.000Z"

// typeWord is what an event type may look like, so that one of a newer gonogo can be
// shown as it is.
var typeWord = regexp.MustCompile(`^[a-z][a-z0-9._-]{0,63}$`)

// payloads is the one table of event types: how to decode each, and whether it can be
// undone.
var payloads = map[string]struct {
	decode   func(data []byte) (Payload, error)
	undoable bool
}{
	Opened{}.Type():            {decodeAs[Opened], false},
	RunStarted{}.Type():        {decodeAs[RunStarted], false},
	RunEnded{}.Type():          {decodeAs[RunEnded], false},
	Consented{}.Type():         {decodeAs[Consented], false},
	Checked{}.Type():           {decodeAs[Checked], false},
	Judged{}.Type():            {decodeAs[Judged], true},
	Noted{}.Type():             {decodeAs[Noted], true},
	Marked{}.Type():            {decodeAs[Marked], true},
	FindingRecorded{}.Type():   {decodeAs[FindingRecorded], true},
	FindingRemoved{}.Type():    {decodeAs[FindingRemoved], true},
	CauseLinked{}.Type():       {decodeAs[CauseLinked], true},
	Waived{}.Type():            {decodeAs[Waived], true},
	ConditionRecorded{}.Type(): {decodeAs[ConditionRecorded], true},
	ConditionRemoved{}.Type():  {decodeAs[ConditionRemoved], true},
	Declared{}.Type():          {decodeAs[Declared], true},
	ColourDeclared{}.Type():    {decodeAs[ColourDeclared], true},
	TextEdited{}.Type():        {decodeAs[TextEdited], true},
	Ticked{}.Type():            {decodeAs[Ticked], true},
	Promoted{}.Type():          {decodeAs[Promoted], true},
	Assigned{}.Type():          {decodeAs[Assigned], true},
	Earlier{}.Type():           {decodeAs[Earlier], false},
	SignedOff{}.Type():         {decodeAs[SignedOff], false},
	BaselineSet{}.Type():       {decodeAs[BaselineSet], false},
	Undone{}.Type():            {decodeAs[Undone], false},
	Redone{}.Type():            {decodeAs[Redone], false},
	EvidenceAttached{}.Type():  {decodeAs[EvidenceAttached], true},
	EvidenceRedacted{}.Type():  {decodeAs[EvidenceRedacted], false},
}

func decodeAs[P Payload](data []byte) (Payload, error) {
	var p P
	err := unmarshalStrict(data, &p)
	return p, err
}

// undoable reports whether an event of this kind can be taken back.
func undoable(p Payload) bool { return payloads[p.Type()].undoable }

// envelope is one event as the journal holds it.
type envelope struct {
	Seq  uint64          `json:"seq"`
	At   string          `json:"at"`
	By   clean.Text      `json:"by"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// EncodeEvent writes an event as the JSON of a journal line. The same event always gives
// the same bytes. It fails on texts beyond MaxLine and on numbers JSON has no form for.
func EncodeEvent(e Event) ([]byte, error) {
	data, err := encodeJSON(e.Data)
	if u, ok := e.Data.(Unknown); ok {
		data, err = u.Raw, nil
	}
	if err != nil {
		return nil, fmt.Errorf("event %d, %s: %w", e.Seq, e.Data.Type(), err)
	}
	line, err := encodeJSON(envelope{
		Seq: e.Seq, At: e.At.UTC().Format(atLayout), By: e.By, Type: e.Data.Type(), Data: data,
	})
	if err != nil {
		return nil, fmt.Errorf("event %d, %s: %w", e.Seq, e.Data.Type(), err)
	}
	if len(line) > MaxLine {
		return nil, fmt.Errorf("event %d, %s: %d bytes, a journal line holds at most %d: %w", e.Seq, e.Data.Type(), len(line), MaxLine, ErrTooLarge)
	}
	return line, nil
}

// encodeJSON is json.Marshal without the escapes for HTML.
func encodeJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// DecodeEvent reads the JSON of a journal line, strictly (unmarshalStrict): a key given
// twice, in other capitals or unknown is damage. An event type that this gonogo does not
// know becomes Unknown and is kept.
func DecodeEvent(line []byte) (Event, error) {
	env, err := openEnvelope(line)
	if err != nil {
		return Event{}, err
	}
	at, err := time.Parse(atLayout, env.At)
	switch {
	case env.Seq == 0:
		return Event{}, errors.New("seq is missing")
	case err != nil || at.Format(atLayout) != env.At:
		return Event{}, fmt.Errorf("at is %.40q, want a time such as 2026-11-22T14:09:31.250Z", env.At)
	case !typeWord.MatchString(env.Type):
		return Event{}, fmt.Errorf("%.40q is no event type", env.Type)
	case len(env.Data) == 0 || env.Data[0] != '{':
		return Event{}, errors.New("data is not an object")
	}
	e := Event{Seq: env.Seq, At: at, By: env.By}
	kind, known := payloads[env.Type]
	if !known {
		e.Data = Unknown{Name: env.Type, Raw: env.Data}
		return e, nil
	}
	if e.Data, err = kind.decode(env.Data); err != nil {
		return Event{}, fmt.Errorf("%s: %w", env.Type, err)
	}
	return e, nil
}

// openEnvelope reads what every event has. It walks the line itself, as decoding it as a
// whole would read the data several times over.
func openEnvelope(line []byte) (env envelope, err error) {
	parts := map[string]any{"seq": &env.Seq, "at": &env.At, "by": &env.By, "type": &env.Type, "data": nil}
	err = scanStrict(line, func(s *strictScanner) error {
		if s.next() != '{' {
			return errors.New("an event is an object")
		}
		s.depth++
		return s.members(func(key string) error {
			into, known := parts[key]
			if !known {
				return fmt.Errorf("unknown key %.60q", key)
			}
			s.space()
			start := s.pos
			if err := s.value(nil); err != nil {
				return err
			}
			raw := line[start:s.pos]
			if into == nil {
				env.Data = slices.Clone(raw)
				return nil
			}
			return json.Unmarshal(raw, into)
		})
	})
	return env, err
}

// bound cuts s so that its JSON form takes at most n bytes.
func bound(s string, n int) string {
	whole, err := encodeJSON(s)
	if err == nil && len(whole)-2 <= n {
		return s
	}
	const mark = "…"
	end, used := 0, len(mark)
	for i, r := range s {
		one, _ := encodeJSON(string(r))
		if used += len(one) - 2; used > n {
			break
		}
		end = i + len(string(r))
	}
	return s[:end] + mark
}
