package themes

import (
	"fmt"
	"math"
	"strconv"
)

// Contrast is the ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, "contrast ratio").
func Contrast(a, b string) (float64, error) {
	la, err := luminance(a)
	if err != nil {
		return 0, err
	}
	lb, err := luminance(b)
	if err != nil {
		return 0, err
	}
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05), nil
}

// luminance is the relative luminance of a #rrggbb colour, 0 to 1.
func luminance(hex string) (float64, error) {
	c, err := linear(hex)
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2], err
}

// linear is a #rrggbb colour as red, green and blue light, 0 to 1 each (IEC 61966-2-1).
func linear(hex string) (rgb [3]float64, err error) {
	if len(hex) != 7 || hex[0] != '#' {
		return rgb, fmt.Errorf("colour %q: must be #rrggbb", hex)
	}
	n, err := strconv.ParseUint(hex[1:], 16, 32)
	if err != nil {
		return rgb, fmt.Errorf("colour %q: must be #rrggbb", hex)
	}
	for i := range rgb {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			rgb[i] = c / 12.92
		} else {
			rgb[i] = math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return rgb, nil
}
