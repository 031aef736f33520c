// Package widget holds the parts that screens are made of: a windowed list, a text field,
// rows of choices, meters and sparklines. It imports action, layout, paint and themes, no
// screen. The lists and fields of bubbles cost too much per frame; its runeutil cleans what
// is typed and pasted.
package widget
