// Package action holds the one table of everything a person can do: its words, its group,
// where it applies and whether it is dangerous. Keys, footer, contextual help, palette
// and documentation are read from it, so that none of them can differ from another.
//
// It imports nothing of ours. tui/keys binds keys to its ids.
package action
