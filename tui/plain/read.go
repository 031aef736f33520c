package plain

import (
	"fmt"
	"strings"
)

// read asks for a line. draft hears what is typed so far, also where it is never entered.
func (f *front) read(prompt string, secret bool, draft func(text string)) (string, ending) {
	f.out.write(flat(prompt) + " ")
	l := typed{secret: secret}
	for {
		select {
		case a := <-f.msgs: // a draft that is due
			f.take(a)
		case <-f.ctx.Done():
			return l.text, left
		case k := <-f.in:
			how := f.typed(&l, k)
			if len(l.text) > maxText {
				l.text, l.tooLong = "", true
			}
			if l.tooLong && how == entered {
				f.out.write("\n")
				f.out.wrong(fmt.Sprintf(tooLong, maxText>>10))
				f.out.write(flat(prompt) + " ")
				l, how = typed{secret: secret}, goesOn
			}
			if draft != nil && how != entered {
				draft(l.text)
			}
			switch how {
			case goesOn:
				continue
			case left, stopped:
				f.gone = true
			}
			f.out.write("\n")
			return strings.TrimSpace(l.text), how
		}
	}
}

// typed takes what came into the line.
func (f *front) typed(l *typed, k keys) ending {
	if f.terminal {
		echo, how := l.feed(k.bytes)
		f.out.write(echo)
		if k.end {
			return left
		}
		return how
	}
	l.text += strings.TrimRight(string(k.bytes), "\r\n")
	switch {
	case k.end:
		return left
	case strings.HasSuffix(string(k.bytes), "\n"):
		return entered
	}
	return goesOn
}
