package clipboard

// Where a copied text went.
const (
	tookDesktop  = "the desktop’s clipboard (%s)"
	tookTerminal = "the terminal was asked (OSC 52)"
	tookNowhere  = "no clipboard took it"
)
