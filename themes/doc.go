// Package themes holds how gonogo looks, as data: the semantic colour tokens, the themes
// that give them colours, and the signs with their ASCII twins.
//
// It imports nothing of ours and knows no screen: tui/paint turns a theme into escape
// sequences.
package themes
