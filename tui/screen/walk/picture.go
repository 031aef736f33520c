package walk

import (
	"bytes"
	"fmt"
	"image/png"
)

// pictured describes a screenshot in the place of its bytes, which no terminal shows.
// False: body is none.
func pictured(body []byte) (text, bool) {
	c, err := png.DecodeConfig(bytes.NewReader(body))
	if err != nil {
		return text{}, false
	}
	return text{whole: true, lines: []string{
		fmt.Sprintf(pictureSize, c.Width, c.Height, (len(body)+1023)/1024),
		pictureHow,
	}}, true
}
