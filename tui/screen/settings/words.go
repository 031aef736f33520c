package settings

import "assess/gonogo/tui/screen"

// The rows of the form, with what each choice means under it.
const (
	title = "Settings"

	themeLabel = "Theme"
	themeOf    = "%d of %d"
	themeAuto  = "dark or light, by the terminal’s background when gonogo starts"
	noColour   = "this terminal shows no colour (NO_COLOR, or it has none)"

	signsLabel = "Signs"
	signsMean  = "ASCII is for fonts and lines that lose signs; nothing moves"

	motionLabel = "Motion"
	motionMeans = "calm paints what runs once a second at most, without a clock"

	mouseLabel = "Mouse"
	mouseMeans = "left to the terminal, it selects text"
)

// The choices of a row: as it is at first, and the other.
var (
	signsChoices  = []string{"✓ ! ✘ ? ·", "ASCII"}
	motionChoices = []string{"as it comes", "calm"}
	mouseChoices  = []string{"left to the terminal", "marks rows"}
)

// What is not chosen here, and where it is.
const (
	assessorLabel = "Assessor"
	fileLabel     = "File"
	noFile        = "none: there is no configuration folder"
	keysLabel     = "Keys"
	themesLabel   = "Themes"
	themesRead    = "read anew when one changes; gonogo themes show dark prints one"
)

// boundKeys says how many actions have keys of the person's own, and what lists all.
func boundKeys(n int) string {
	if n == 0 {
		return "all keys are gonogo’s own; gonogo help keys lists all"
	}
	return screen.Count(n, "action has keys of your own; gonogo help keys lists all",
		"actions have keys of your own; gonogo help keys lists all")
}

// The footer, and what comes of saving.
const (
	toChoose    = "choose"
	nextSetting = "setting"
	toWrite     = "write config.toml"
	noFolder    = "there is no folder for config.toml"
	savedTo     = "saved to config.toml"
)

// What is said line by line.
const (
	assessorIs  = "%s; --by NAME, or assessor in the file, says another"
	calmLabel   = "Calm while something runs"
	isCalm      = "yes, it says nothing until it is over, unless asked with Enter"
	isNotCalm   = "no, it says now and then how far it is"
	plainAlways = "plain = true in the file makes every sitting speak line by line"
	savedLabel  = "Saved"
	calmTurns   = "turns calm on, or off"
	saveWrites  = "writes it to the file"
)
