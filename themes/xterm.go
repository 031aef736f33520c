package themes

import (
	"fmt"
	"sync"
)

// Indexed is the one of the 256 colours of xterm and its kin that looks most like a
// #rrggbb colour: 16 to 231 of the cube, 232 to 255 of the greys. The first sixteen are
// left out, because terminals let people change them.
func Indexed(hex string) (int, error) {
	want, err := lab(hex, Ordinary)
	if err != nil {
		return 0, err
	}
	best, least := 0, 1e9
	for i, have := range indexed() {
		a, b, c := want[0]-have[0], want[1]-have[1], want[2]-have[2]
		if d := a*a + b*b + c*c; d < least {
			best, least = i+16, d
		}
	}
	return best, nil
}

// IndexedHex is a colour of Indexed as #rrggbb (xterm, 256colres.h).
func IndexedHex(n int) string {
	if n >= 232 {
		grey := 8 + 10*(n-232)
		return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
	}
	level := func(i int) int {
		if i == 0 {
			return 0
		}
		return 55 + 40*i
	}
	n -= 16
	return fmt.Sprintf("#%02x%02x%02x", level(n/36), level(n/6%6), level(n%6))
}

// indexed are those colours in CIELAB, from 16 on.
var indexed = sync.OnceValue(func() (all [240][3]float64) {
	for i := range all {
		all[i], _ = lab(IndexedHex(i+16), Ordinary) // each is #rrggbb
	}
	return all
})
