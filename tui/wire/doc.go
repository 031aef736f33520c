// Package wire writes frames to a terminal: what changed since the last one, and nothing else.
//
// Bubble Tea's renderer rewrites every line that has a change and looks sixty times a second
// whether there is one. Over a slow line a key's answer then takes seconds, and an idle
// program never sleeps. Here a frame is compared with what the terminal shows cell by cell and
// goes out at once, on a goroutine of its own: a slow terminal holds up nothing, and what it
// has no time for is left out, so that it shows the newest frame next. Bubble Tea keeps what
// else there is to a terminal: raw mode, the screen of its own, the mouse, suspending.
//
// It may import the standard library and what measures text.
package wire
