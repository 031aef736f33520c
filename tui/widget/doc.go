// Package widget holds the parts that screens are made of: a windowed list, a text field,
// rows of choices, meters and sparklines. It imports action, layout, paint and themes, no
// screen.
package widget
