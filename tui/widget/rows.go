package widget

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
)

// Choice is one of several options in a row.
type Choice struct {
	Options []string
	At      int
}

// Value is the option chosen, or empty.
func (c *Choice) Value() string {
	if c.At < 0 || c.At >= len(c.Options) {
		return ""
	}
	return c.Options[c.At]
}

// Choose marks the option of that name, where there is one.
func (c *Choice) Choose(name string) {
	for i, o := range c.Options {
		if o == name {
			c.At = i
		}
	}
}

// Do moves the choice: h and l one on, Space round and round.
func (c *Choice) Do(id action.ID) bool {
	n := len(c.Options)
	if n == 0 {
		return false
	}
	switch id {
	case action.Left:
		c.At = max(c.At-1, 0)
	case action.Right:
		c.At = min(c.At+1, n-1)
	case action.ItemTick, action.Enter:
		c.At = (c.At + 1) % n
	default:
		return false
	}
	return true
}

// Paint appends the row: the chosen option in brackets, gap blanks between options.
func (c *Choice) Paint(l *paint.Line, gap int) {
	for i, o := range c.Options {
		if i > 0 {
			l.Gap(gap)
		}
		if i == c.At {
			l.Add(themes.Strong, "["+o+"]")
		} else {
			l.Add(themes.Text, o)
		}
	}
}

// Radio is the sign of one of several options in a column: (•) or ( ).
func Radio(on bool) string {
	if on {
		return "(" + themes.SignRadio + ")"
	}
	return "( )"
}

// Tick is the sign of a box that can be ticked: [✓] or [ ].
func Tick(on bool) string {
	if on {
		return "[" + themes.SignTick + "]"
	}
	return "[ ]"
}

// Meter is a bar of w cells that is full to the given share. Something is seen as soon as
// there is something, and it is full only when it is full.
func Meter(share float64, w int) (full, rest string) {
	if w <= 0 {
		return "", ""
	}
	n := int(share * float64(w))
	switch {
	case share > 0 && n == 0:
		n = 1
	case share < 1 && n >= w:
		n = w - 1
	}
	n = max(min(n, w), 0)
	return strings.Repeat(themes.SignHeavy, n), strings.Repeat(themes.SignRule, w-n)
}

// Spark draws values between low and high as one sign each.
func Spark(values []float64, low, high float64) string {
	signs := []rune(themes.SparkSigns)
	var b strings.Builder
	for _, v := range values {
		i := 0
		if high > low {
			i = int((v - low) / (high - low) * float64(len(signs)))
		}
		b.WriteRune(signs[max(min(i, len(signs)-1), 0)])
	}
	return b.String()
}
