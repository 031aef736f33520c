// Package app is the root of the screen: it owns the stack of screens and dialogs, turns
// keys into actions, shows toasts, keeps the painted frame and leaves in good order. It
// draws the status line and the footer; all above is the screen's.
//
// It imports the screens, which never import it or each other, and may import sessions and
// the folders below it.
package app
