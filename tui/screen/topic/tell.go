package topic

import (
	"strings"

	"assess/gonogo/tui/screen"
)

// Tell says the page: a line each paragraph, the cells of a table's row after one another,
// an example line by line.
func (s *topic) Tell() screen.Telling {
	t := screen.Telling{Title: s.page.Title}
	var paragraph []string
	end := func() {
		if len(paragraph) > 0 {
			t.Lines = append(t.Lines, strings.ReplaceAll(strings.Join(paragraph, " "), "`", ""))
		}
		paragraph = nil
	}
	for _, l := range strings.Split(s.page.Text, "\n") {
		text := strings.TrimSpace(l)
		switch {
		case strings.HasPrefix(l, "    "):
			end()
			t.Say("Example", text)
		case strings.HasPrefix(text, "|"):
			end()
			if strings.Trim(text, "|-: ") != "" {
				cells := strings.Split(strings.Trim(text, "|"), "|")
				for i := range cells {
					cells[i] = strings.TrimSpace(cells[i])
				}
				paragraph = []string{strings.Join(cells, "; ")}
				end()
			}
		case strings.HasPrefix(text, "#"):
			end()
			t.Say("Heading", strings.TrimLeft(text, "# "))
		case text == "":
			end()
		default:
			if strings.HasPrefix(text, "- ") {
				end()
				text = text[2:]
			}
			paragraph = append(paragraph, text)
		}
	}
	end()
	return t
}
