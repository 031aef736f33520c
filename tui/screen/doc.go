// Package screen is what the root and the screens agree on: the Screen interface, the
// environment a screen works in, the messages by which it asks the root for something,
// and the review that is open.
//
// Screens live in folders below this one and never import each other or the root: they
// ask for another screen by name. This package imports none of them, nor the root.
package screen
