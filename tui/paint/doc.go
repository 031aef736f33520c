// Package paint turns meaning into cells: text cleaned, fitted and styled by token, lines
// of exactly so many cells, titles, rules and dialog boxes.
//
// Styles are composed left to right and never nested: the reset of an inner style would
// end the outer one. It imports themes, no screen.
package paint
