package form

import "fmt"

// noteRole is what begins the note, where a dialog is told line by line.
const noteRole = "Note"

// A dialog's footer.
const (
	nextField = "next"
)

// The editor, where the marked field is no text of several lines.
const (
	whyNoEditor = "the editor is for texts of several lines"
)

// What stands under a field.
const (
	isNeeded = "%s is needed" // a label
	notSaved = "not saved: %v"
)

// place says which of several is shown: "2 of 5".
func place(at, n int) string { return fmt.Sprintf("%d of %d", at+1, n) }
