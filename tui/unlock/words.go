package unlock

// What keys of the agent are called.
const (
	agentKey        = "agent, %s"
	agentKeyUnnamed = "agent, no name"
)

// What is waited for while a key signs.
const (
	waitsForPerson = "confirm in your agent, or touch the key now; 60 s"
	waitsForKey    = "signing with %s"
)
