package browser

import "fmt"

// screen is a size at which a page is looked at, in CSS pixels.
type screen struct {
	Name   string
	Width  int64
	Height int64
	Mobile bool
}

// screens are the sizes in the order of looking: a page is loaded on the first and then
// resized.
var screens = []screen{
	{Name: "desktop", Width: 1440, Height: 900},
	{Name: "tablet", Width: 820, Height: 1180, Mobile: true},
	{Name: "phone", Width: 390, Height: 844, Mobile: true},
}

func (s screen) String() string { return fmt.Sprintf("%s, %d×%d", s.Name, s.Width, s.Height) }
