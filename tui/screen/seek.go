package screen

import tea "github.com/charmbracelet/bubbletea"

// Seeker is a Filterer that also finds what it has to read first, such as the text of
// evidence. The root asks for it whenever the filter changed.
type Seeker interface{ Seek() tea.Cmd }

// Looker is a Filterer that can look elsewhere for what none of its rows has. The root asks
// for it when the filter is kept; nil: there is no need.
type Looker interface{ Look() tea.Cmd }
