package waiver

// The dialogs that waive an item, and the one that takes a waiver back.
const (
	Title    = "Waive %s" // an item
	Yes      = "waive"
	Note     = "The item keeps its verdict; the report prints the waiver. After its last day the item counts in full again."
	BackAsk  = "Take the waiver of %s back?"
	BackNote = "The item then counts in full again. %s brings the waiver back." // the key
	BackYes  = "take it back"
)

// The fields: what a waiver holds, as the report calls it.
const (
	reasonLabel   = "Reason"
	reasonHint    = "why the risk is accepted"
	controlLabel  = "Control"
	controlHint   = "what keeps the harm small meanwhile"
	approvedLabel = "Approved by"
	approvedHint  = "who answers for it"
	expiresLabel  = "Expires"
	expiresHint   = "its last day, as YYYY-MM-DD"
	noDay         = "write the day as YYYY-MM-DD, such as %s"
	dayIsOver     = "%s is over already"
)
