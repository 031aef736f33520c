package action

// The ids, by group.
const (
	Down     ID = "nav.down"
	Up       ID = "nav.up"
	Left     ID = "nav.left"
	Right    ID = "nav.right"
	Top      ID = "nav.top"
	Bottom   ID = "nav.bottom"
	PageDown ID = "nav.page_down"
	PageUp   ID = "nav.page_up"
	Enter    ID = "nav.open"
	Back     ID = "nav.back"
	NextPane ID = "nav.next_pane"
	PrevPane ID = "nav.prev_pane"
	NeedsYou ID = "nav.needs_you"

	NextFailure ID = "nav.failure"
	PrevFailure ID = "nav.failure_back"

	JudgePass         ID = "judge.pass"
	JudgeWarn         ID = "judge.warn"
	JudgeFail         ID = "judge.fail"
	JudgeInconclusive ID = "judge.inconclusive"
	JudgeNA           ID = "judge.na"
	JudgeAgree        ID = "judge.agree"
	JudgeClear        ID = "judge.clear"
	ItemNote          ID = "item.note"
	ItemMark          ID = "item.mark"
	ItemTick          ID = "item.tick"
	ItemTickAll       ID = "item.tick_all"
	ItemAttach        ID = "item.attach"
	ItemAssign        ID = "item.assign"

	Create  ID = "record.create"
	Praise  ID = "record.strength"
	Edit    ID = "record.edit"
	Remove  ID = "record.remove"
	Cause   ID = "cause.link"
	Waive   ID = "waiver.create"
	Declare ID = "decision.declare"
	Pin     ID = "baseline.pin"
	Undo    ID = "edit.undo"
	Redo    ID = "edit.redo"

	RunStart ID = "run.start"
	RunStop  ID = "run.stop"
	RunItem  ID = "run.item"

	RunFailed ID = "run.failed"
	RunGroup  ID = "run.group"

	Turn   ID = "view.turn"
	Filter ID = "list.filter"
	Order  ID = "list.order"
	Copy   ID = "view.copy"
	Browse ID = "view.browser"

	GoHome     ID = "go.home"
	GoWalk     ID = "go.walk"
	GoFindings ID = "go.findings"
	GoLive     ID = "go.live"
	GoDecision ID = "go.decision"
	GoReport   ID = "go.report"
	GoCompare  ID = "go.compare"
	GoSign     ID = "go.sign"
	GoHistory  ID = "go.history"

	Help     ID = "app.help"
	Commands ID = "app.palette"
	Quit     ID = "app.quit"
	QuitNow  ID = "app.quit_now"
	Redraw   ID = "app.redraw"
	Suspend  ID = "app.suspend"
	OpenFile ID = "app.open"

	Elsewhere ID = "app.save_elsewhere"
	Demo      ID = "app.demo"
	Search    ID = "app.search"
	Settings  ID = "app.settings"
	Theme     ID = "app.theme"
	Glyphs    ID = "app.glyphs"
	Mouse     ID = "app.mouse"
	Calm      ID = "app.calm"
	Messages  ID = "app.messages"

	FieldSave   ID = "field.save"
	FieldNext   ID = "field.next"
	FieldPrev   ID = "field.prev"
	FieldEditor ID = "field.editor"
	FieldPick   ID = "field.pick"
	FieldLeave  ID = "field.leave"

	DialogChoose ID = "dialog.choose"
	DialogYes    ID = "dialog.yes"
	DialogNo     ID = "dialog.no"
)

// Groups lists the groups in the order in which help shows them.
var Groups = []string{"Judge", "Record", "Run", "Look", "Move", "Go", "Program", "Field", "Dialog"}

// Table is every action there is. To add one: an id above, a row here, a key in
// tui/keys/default.toml.
var Table = append([]Action{
	{Down, "Move", "down", "the next row", Screen, false},
	{Up, "Move", "up", "the row before", Screen, false},
	{Left, "Move", "left", "the pane at the left, or close", Screen, false},
	{Right, "Move", "right", "the pane at the right, or open", Screen, false},
	{Top, "Move", "first", "the first row", Screen, false},
	{Bottom, "Move", "last", "the last row", Screen, false},
	{PageDown, "Move", "page down", "half a page on", Screen, false},
	{PageUp, "Move", "page up", "half a page back", Screen, false},
	{Enter, "Move", "open", "opens the marked thing", Screen, false},
	{Back, "Move", "back", "leaves what is open; never discards", Screen, false},
	{NextPane, "Move", "next", "the next pane or field", Screen, false},
	{PrevPane, "Move", "previous", "the pane or field before", Screen, false},
	{NeedsYou, "Move", "next for you", "the next item that waits for you", Screen, false},

	{NextFailure, "Move", "next failure", "the next item that fails or holds a gate open", Screen, false},
	{PrevFailure, "Move", "failure before", "the one before it", Screen, false},

	{JudgePass, "Judge", "pass", "saves and goes to the next", Screen, true},
	{JudgeWarn, "Judge", "warn", "asks why first", Screen, true},
	{JudgeFail, "Judge", "fail", "asks why first", Screen, true},
	{JudgeInconclusive, "Judge", "inconclusive", "asks why first", Screen, true},
	{JudgeNA, "Judge", "na", "asks why first", Screen, true},
	{JudgeAgree, "Judge", "agree", "takes the machine’s verdict as yours", Screen, true},
	{JudgeClear, "Judge", "take back", "takes your verdict back", Screen, true},
	{ItemNote, "Judge", "note", "writes a note on the item", Screen, true},
	{ItemMark, "Judge", "mark", "marks the item to come back to", Screen, true},
	{ItemTick, "Judge", "tick", "ticks it; what follows is for all", Screen, false},
	{ItemTickAll, "Judge", "tick all", "ticks every row of the list, or none", Screen, false},
	{ItemAttach, "Judge", "attach", "keeps a file of yours as evidence", Screen, true},
	{ItemAssign, "Judge", "assign", "says who of you looks at it", Screen, true},

	{Create, "Record", "new", "a new one of what the screen holds", Screen, true},
	{Praise, "Record", "strength", "writes down what is done well", Screen, true},
	{Edit, "Record", "edit", "edits the marked one", Screen, true},
	{Remove, "Record", "remove", "removes the marked one, after y", Screen, true},
	{Cause, "Record", "cause", "links a root cause", Screen, true},
	{Waive, "Record", "waive", "accepts the item’s risk", Screen, true},
	{Declare, "Record", "declare", "declares the decision", Screen, true},
	{Pin, "Record", "baseline", "others of its target are compared with it", Screen, true},
	{Undo, "Record", "undo", "takes the last change back", Screen, true},
	{Redo, "Record", "redo", "brings an undone change back", Screen, true},

	{RunStart, "Run", "run", "runs what waits; asks for consent where it is needed", Screen, true},
	{RunStop, "Run", "stop", "stops what runs", Anywhere, false},
	{RunItem, "Run", "re-run", "runs this item again, or the ticked ones", Screen, true},
	{RunFailed, "Run", "re-run failed", "runs again what fails, warns or could not tell", Screen, true},
	{RunGroup, "Run", "re-run all here", "runs the category, or the group, again", Screen, true},

	{Turn, "Look", "turn", "shows the next view of it", Screen, false},
	{Filter, "Look", "filter", "shows only rows with a text", Screen, false},
	{Order, "Look", "order", "sorts by something else", Screen, false},
	{Copy, "Look", "copy", "copies it to the clipboard", Screen, false},
	{Browse, "Look", "browser", "opens the address that was asked in your browser", Screen, false},

	{GoHome, "Go", "home", "the saved reviews", Anywhere, false},
	{GoWalk, "Go", "walk", "the review’s items", Anywhere, false},
	{GoFindings, "Go", "findings", "findings and strengths", Anywhere, false},
	{GoLive, "Go", "live", "the load run", Anywhere, false},
	{GoDecision, "Go", "decision", "gates, path to GO, declaration", Anywhere, false},
	{GoReport, "Go", "report", "the report as it would be written", Anywhere, false},
	{GoCompare, "Go", "compare", "two reviews side by side", Anywhere, false},
	{GoSign, "Go", "sign", "sign, submit, verify", Anywhere, false},
	{GoHistory, "Go", "history", "who did what when, and the review as it was", Anywhere, false},

	{Help, "Program", "keys", "the keys here; Enter runs one", Anywhere, false},
	{Commands, "Program", "commands", "actions, items, reviews, settings by name", Anywhere, false},
	{Quit, "Program", "back", "back; from Home leaves", Anywhere, false},
	{QuitNow, "Program", "leave", "stops what runs and leaves; all is saved", Anywhere, false},
	{Redraw, "Program", "redraw", "paints the screen anew", Anywhere, false},
	{Suspend, "Program", "suspend", "back to the shell, for now", Anywhere, false},
	{Elsewhere, "Program", "save elsewhere", "keeps the whole review in another folder", Palette, false},
	{OpenFile, "Program", "open a file", "a signed report somebody sent you; read-only", Palette, false},
	{Demo, "Program", "demo", "a flawed system here; nothing leaves the machine", Palette, false},
	{Search, "Program", "search", "finds a text in the journals of all reviews", Palette, false},
	{Settings, "Program", "settings", "theme, signs, who you are", Palette, false},
	{Theme, "Program", "next theme", "paints with the next theme", Palette, false},
	{Glyphs, "Program", "ASCII signs", "signs in ASCII, or not", Palette, false},
	{Mouse, "Program", "mouse", "the mouse marks rows, or is left to the terminal", Palette, false},
	{Calm, "Program", "calm screen", "paints what runs once a second at most, without a clock", Palette, false},
	{Messages, "Program", "messages", "all messages of this sitting", Palette, false},

	{FieldSave, "Field", "save", "saves what was typed", Field, false},
	{FieldNext, "Field", "next", "the next field", Field, false},
	{FieldPrev, "Field", "previous", "the field before", Field, false},
	{FieldEditor, "Field", "editor", "writes it in your editor", Field, false},
	{FieldPick, "Field", "pick a text", "fills the finding with the next text of the library that fits", Field, false},
	{FieldLeave, "Field", "back", "leaves the field; what was typed is kept", Field, false},

	{DialogChoose, "Dialog", "choose", "takes the marked choice", Screen, false},
	{DialogYes, "Dialog", "yes", "does what the dialog asks about", Screen, false},
	{DialogNo, "Dialog", "not now", "leaves the dialog; nothing is done", Screen, false},
}, categories()...)

// Category is the action that goes to the n-th category, 1 to 9.
func Category(n int) ID { return ID("nav.category." + string(rune('0'+n))) }

// CategoryOf returns which category an action goes to; ok is false for all others.
func CategoryOf(id ID) (n int, ok bool) {
	const prefix = "nav.category."
	if len(id) != len(prefix)+1 || id[:len(prefix)] != prefix {
		return 0, false
	}
	n = int(id[len(prefix)] - '0')
	return n, n >= 1 && n <= 9
}

func categories() []Action {
	out := make([]Action, 9)
	for i := range out {
		id := Category(i + 1)
		out[i] = Action{id, "Move", "category " + string(id[len(id)-1]), "the category of that number", Screen, false}
	}
	return out
}
