package tui

// The page of keys.
const (
	keysWrong   = "! %s\n  gonogo's own keys hold until it is mended.\n\n"
	keysPalette = "palette" // in place of keys, for an action that has none
	keysYours   = "* is yours.\n"
	keysChange  = "Keys can be changed in keys.toml beside config.toml: [keys], then \"judge.pass\" = [\"p\"].\n"
)
