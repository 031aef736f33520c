package finding

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/library"
	"assess/gonogo/tui/screen"
)

// picking is what the form knows of the library of finding texts.
type picking struct {
	all   []library.Entry
	next  int               // of those that fit
	wrote map[string]string // what stands in each field by itself: what it began with, or what was picked
}

// libraryRead answers a request for the finding texts. Those of files with mistakes are
// missing.
type libraryRead struct {
	all []library.Entry
	err error
}

func readLibrary(dir string) tea.Cmd {
	return func() tea.Msg {
		all, err := library.Load(dir)
		return libraryRead{all, err}
	}
}

// pick fills the form with the next text of the library that fits the finding's first
// item. What a person typed or chose stays.
func (s *finding) pick() tea.Cmd {
	fits := s.fitting()
	if len(fits) == 0 {
		return screen.Tell(screen.Note, screen.NotNow(noReadyText))
	}
	e := fits[s.picks.next%len(fits)]
	s.picks.next++
	f := library.Fill(e, library.FactsOf(s.env.Review.State, s.was.Items[0]))
	values := map[string]string{"title": string(f.Title), "severity": string(f.Severity), "horizon": f.Horizon, "effort": string(f.Effort),
		"impact": f.Impact, "probability": f.Probability, "description": string(f.Description), "recommendation": string(f.Recommendation)}
	for name, v := range values {
		if v == "" || s.form.Value(name) != s.picks.wrote[name] {
			delete(values, name)
			continue
		}
		s.picks.wrote[name] = v
	}
	s.form.Fill(values)
	return tea.Batch(s.keep(), screen.Tell(screen.Note, fmt.Sprintf(textTaken, e.ID, screen.Number(1+(s.picks.next-1)%len(fits)), screen.Number(len(fits)))))
}

// fitting are the library's texts for the finding's first item.
func (s *finding) fitting() []library.Entry {
	if len(s.was.Items) == 0 || s.was.Strength || s.env.Review == nil {
		return nil
	}
	it := s.env.Review.State.Items[s.was.Items[0]]
	if it == nil {
		return nil
	}
	return library.Match(s.picks.all, it.Planned.Item, it.Planned.Category.ID)
}
