package topic

const (
	heading    = "Help"
	noSuchPage = "No such page: %s"
	lineOf     = "line %d of %d"
)
