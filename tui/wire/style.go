package wire

import "strings"

// style is how characters look, as the parameters of SGR sequences (ECMA-48 8.3.117).
type style struct {
	fg, bg string // such as "38;5;254"; empty: the terminal's own
	attr   string // bold and its like, such as "1;4"
	blank  uint16 // how a blank looks in it: colours of letters don't matter there
}

// styles numbers the styles of a screen; the first is the terminal's own.
type styles struct {
	all  []style
	next map[change]uint16
}

// change is an SGR sequence's parameters in a style.
type change struct {
	from   uint16
	params string
}

func newStyles() *styles {
	return &styles{all: make([]style, 1), next: map[change]uint16{}}
}

// then is the style after a sequence with these parameters.
func (s *styles) then(from uint16, params string) uint16 {
	c := change{from, params}
	if to, ok := s.next[c]; ok {
		return to
	}
	to := s.number(apply(s.all[from], params))
	c.params = strings.Clone(params) // not with the frame it stands in
	s.next[c] = to
	return to
}

// number finds a style or adds it.
func (s *styles) number(st style) uint16 {
	for i, o := range s.all {
		if o.fg == st.fg && o.bg == st.bg && o.attr == st.attr {
			return uint16(i)
		}
	}
	n := uint16(len(s.all))
	st.blank = n
	s.all = append(s.all, st)
	if bare := (style{bg: st.bg}); letters(st.attr) && (st.fg != "" || st.attr != "") {
		blank := s.number(bare)
		s.all[n].blank = blank
	}
	return n
}

// letters reports whether attributes leave a blank as it is: bold, faint and italic do.
func letters(attr string) bool {
	for a := range strings.SplitSeq(attr, ";") {
		if a != "" && a != "1" && a != "2" && a != "3" {
			return false
		}
	}
	return true
}

// apply carries out the parameters of one sequence.
func apply(st style, params string) style {
	ps := strings.Split(params, ";")
	for i := 0; i < len(ps); i++ {
		p := strings.TrimLeft(ps[i], "0")
		n := 0
		for _, c := range p {
			n = n*10 + int(c-'0')
		}
		switch {
		case n == 0:
			st = style{}
		case n == 38 || n == 48:
			take := 2
			if i+1 < len(ps) && ps[i+1] == "2" {
				take = 4
			}
			end := min(i+take, len(ps)-1)
			colour := strings.Clone(strings.Join(ps[i:end+1], ";"))
			if n == 38 {
				st.fg = colour
			} else {
				st.bg = colour
			}
			i = end
		case n == 39:
			st.fg = ""
		case n == 49:
			st.bg = ""
		case n >= 30 && n < 38 || n >= 90 && n < 98:
			st.fg = strings.Clone(p)
		case n >= 40 && n < 48 || n >= 100 && n < 108:
			st.bg = strings.Clone(p)
		default:
			st.attr = strings.TrimPrefix(st.attr+";"+p, ";")
		}
	}
	return st
}

// turn appends the shortest sequence that leads from one style to another.
func (s *styles) turn(b []byte, from, to uint16) []byte {
	if from == to {
		return b
	}
	a, z := s.all[from], s.all[to]
	if to == 0 {
		return append(b, "\x1b[m"...)
	}
	b = append(b, "\x1b["...)
	if a.attr != "" && a.attr != z.attr || a.fg != "" && z.fg == "" || a.bg != "" && z.bg == "" {
		b = append(b, "0;"...)
		a = style{}
	}
	for _, p := range [...][2]string{{a.attr, z.attr}, {a.fg, z.fg}, {a.bg, z.bg}} {
		if p[0] != p[1] {
			b = append(append(b, p[1]...), ';')
		}
	}
	b[len(b)-1] = 'm'
	return b
}
