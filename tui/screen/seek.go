package screen

import tea "github.com/charmbracelet/bubbletea"

// Seeker is a Filterer that also finds what it has to read first, such as the text of
// evidence. The root asks for it whenever the filter changed.
type Seeker interface{ Seek() tea.Cmd }
