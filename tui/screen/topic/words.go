package topic

const (
	heading    = "Help"
	noSuchPage = "No such page: %s"
)
