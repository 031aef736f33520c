package themes

import (
	"fmt"
	"math"
)

// Vision is a way in which eyes see colours.
type Vision string

// The kinds of colour vision that a theme can be made for.
const (
	Ordinary     Vision = ""
	Protanopia   Vision = "protanopia"   // no long-wave cones: red and green look alike, red is dark
	Deuteranopia Vision = "deuteranopia" // no middle-wave cones: red and green look alike
	Tritanopia   Vision = "tritanopia"   // no short-wave cones: blue and green, yellow and pink look alike
)

// seen holds, by kind, how linear RGB looks to such eyes: the matrices of G. M. Machado,
// M. M. Oliveira and L. A. F. Fernandes, "A Physiologically-based Model for Simulation of
// Color Vision Deficiency", IEEE TVCG 15 (6), 2009, at severity 1.0.
var seen = map[Vision][3][3]float64{
	Ordinary:     {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	Protanopia:   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	Deuteranopia: {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	Tritanopia:   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
}

// visions are the names that theme files know.
var visions = []string{string(Protanopia), string(Deuteranopia), string(Tritanopia)}

// Difference is how far apart two #rrggbb colours look to such eyes: ΔE*ab of CIE 1976,
// where 2.3 is about the least that people notice.
func Difference(a, b string, v Vision) (float64, error) {
	la, err := lab(a, v)
	if err != nil {
		return 0, err
	}
	lb, err := lab(b, v)
	if err != nil {
		return 0, err
	}
	return math.Hypot(math.Hypot(la[0]-lb[0], la[1]-lb[1]), la[2]-lb[2]), nil
}

// lab is a colour in CIELAB under D65 (CIE 15:2004), as such eyes see it.
func lab(hex string, v Vision) ([3]float64, error) {
	rgb, err := linear(hex)
	if err != nil {
		return rgb, err
	}
	m, ok := seen[v]
	if !ok {
		return rgb, fmt.Errorf("no such vision: %q", v)
	}
	rgb = times(m, rgb)
	for i := range rgb {
		rgb[i] = min(max(rgb[i], 0), 1)
	}
	xyz := times([3][3]float64{{0.4124564, 0.3575761, 0.1804375}, {0.2126729, 0.7151522, 0.0721750}, {0.0193339, 0.1191920, 0.9503041}}, rgb)
	white := [3]float64{0.95047, 1, 1.08883}
	for i := range xyz {
		t := xyz[i] / white[i]
		if t > 216.0/24389 {
			xyz[i] = math.Cbrt(t)
		} else {
			xyz[i] = (24389.0/27*t + 16) / 116
		}
	}
	return [3]float64{116*xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])}, nil
}

func times(m [3][3]float64, v [3]float64) [3]float64 {
	var out [3]float64
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}
