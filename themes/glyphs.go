package themes

// The signs. Each is one cell wide, has no emoji form, and has an ASCII twin of one cell,
// so that the switch to ASCII moves nothing.
const (
	SignPass         = "✓"
	SignWarn         = "!"
	SignFail         = "✘"
	SignInconclusive = "?"
	SignNA           = "–"
	SignPending      = "·"
	SignRunning      = "◔"
	SignConsent      = "="

	SignCursor     = "▸" // before the marked row of the focused pane
	SignOther      = "▹" // before the marked row of another pane
	SignTick       = "✓" // within [ ]
	SignRadio      = "•" // within ( )
	SignRule       = "─"
	SignHeavy      = "━" // the focused rule; the full part of a meter
	SignCut        = "…"
	SignCaret      = "▏" // the text cursor
	SignArrow      = "→"
	SignDown       = "↓"
	SignRange      = "–"
	SignSeparator  = "·"
	SignDraft      = "•"
	SignMinus      = "−"
	SignTimes      = "×"
	SignBoxTop     = "╭╮"
	SignBoxBottom  = "╰╯"
	SignBoxSide    = "│"
	SignAxisTick   = "┤"
	SignAxisCorner = "└"
	SignStep       = "╷"
)

// SparkSigns are the eight heights of a sparkline, lowest first.
const SparkSigns = "▁▂▃▄▅▆▇█"

// Twin is a sign with what stands for it where only ASCII can be shown.
type Twin struct {
	Sign  rune
	ASCII byte
}

// Twins lists every sign of gonogo that is not ASCII itself. Text goes through it cell by
// cell when the ASCII signs are on.
var Twins = []Twin{
	{'✓', '+'}, {'✘', 'x'}, {'–', '-'}, {'·', '.'}, {'◔', '%'},
	{'▸', '>'}, {'▹', ')'}, {'•', '*'}, {'─', '-'}, {'━', '='},
	{'…', '~'}, {'▏', '_'}, {'→', '>'}, {'←', '<'}, {'↑', '^'}, {'↓', 'v'},
	{'−', '-'}, {'×', 'x'}, {'“', '"'}, {'”', '"'}, {'’', '\''}, {'‘', '\''},
	{'—', '-'}, {'≥', '>'}, {'≤', '<'}, {'÷', '/'}, {'\u00a0', ' '},
	{'│', '|'}, {'┤', '+'}, {'└', '+'}, {'╷', '|'},
	{'╭', '+'}, {'╮', '+'}, {'╰', '+'}, {'╯', '+'}, {'├', '+'}, {'┬', '+'}, {'┴', '+'}, {'┼', '+'},
	{'▁', '1'}, {'▂', '2'}, {'▃', '3'}, {'▄', '4'}, {'▅', '5'}, {'▆', '6'}, {'▇', '7'}, {'█', '8'},
}

var ascii = func() map[rune]byte {
	m := make(map[rune]byte, len(Twins))
	for _, t := range Twins {
		m[t.Sign] = t.ASCII
	}
	return m
}()

// ASCII returns the twin of a rune: itself where it is ASCII, and '?' for foreign text
// that has none.
func ASCII(r rune) byte {
	if r < 0x80 {
		return byte(r)
	}
	if b, ok := ascii[r]; ok {
		return b
	}
	return '?'
}
