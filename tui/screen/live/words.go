package live

// The title, and what stands there without load.
const (
	heading         = "Live"
	loadOn          = "load on %s"
	allowedBy       = "allowed by %s %s" // who, when
	readingEvidence = "Reading the evidence."
	noEvidence      = "No evidence tells of load so far. The walk shows what its checks say; %s there runs those that wait for consent."
)

// The headline: what is on the target at this moment.
const (
	stepOf             = "step %d of %d"
	goodPerSecond      = "%s good/s"
	failedShare        = "%s failed"
	oldestShort        = "oldest %s"
	oldestOpen         = "oldest open %s"
	startingUp         = "starting up"
	stopping           = "stopping"
	escStopsEverything = "Esc stops everything"
	escStops           = "Esc stops"
)

// The headline between steps, and when it is over.
const (
	nextStep     = "next is step %d of %d, %s"
	oneUserFirst = "one user alone first"
	beginsAfter  = "begins when the other checks have ended"
	itemsDone    = "%s done"
	allDone      = "all steps are done"
	overAll      = "%s: %d of %s" // overWord or stoppedKept, how many of all steps
	overWord     = "over"
	stoppedKept  = "stopped, what was measured is kept"
)

// The chart.
const (
	chartHead        = "Latency of good answers, last second"
	startUp          = "start-up, not measured"
	tooBusyToMeasure = "this machine was too busy to measure"
	limitMost        = " 95 % must be" // beside the limit's row; the next row says
	limitUnder       = " under %s"
	usersLabel       = "users"
	gapsLabel        = "gaps"
	failedLabel      = "failed"
	nothingFinished  = "%s nothing finished"
	none             = "none"
	noneSoFar        = "none so far"
)

// The histogram.
const (
	spreadHead = "Latency of good answers in step %d, %s"
	spreadOf   = ": %s"
	spreadNone = ": none yet"
	fromOn     = "from %s"
)

// The table.
const (
	stepLabel = "step"
	sentLabel = "sent"
	goodLabel = "good/s"
	kneeWord  = "knee"
	moreBelow = "%s more below"
)

// kinds are the words for rows that are no steps.
var kinds = map[string]string{"load.baseline": "single", "load.burst": "burst", "load.pool": "pool", "load.sustained": "steady", "load.recovery": "recover", "load.resources": "use"}

// The ceilings beside the table.
const (
	ceilingsLabel  = "Ceilings"
	nowWord        = "now"
	reachedWord    = "reached"
	mostWord       = "most"
	noLimit        = "no limit"
	ratePerSecond  = "requests/s"
	requestsLabel  = "requests"
	timeLabel      = "time"
	bytesLabel     = "bytes"
	ceilingsUnkept = "not kept in this review’s evidence"
)

// Below the table: the knee, saturation, and whether this machine was fit to measure.
const (
	kneeLabel      = "Knee"
	saturatedLabel = "Saturated"
	fitLabel       = "Fit"
	kneeNotYet     = "not known yet: it takes two steps"
	kneeNotTold    = "not told: it takes two sound steps on one path"
	notSeen        = "not seen"
	machineNow     = "this machine: CPU %.0f %%, timer %s late: %s" // fitToJudge or tooBusyToJudge
	fitToJudge     = "fit to judge"
	tooBusyToJudge = "too busy to judge"
	unfitIn        = "unfit in %s: %s" // how many steps, why
	alwaysFit      = "this machine was fit to judge in every step"
)

// The same in one line, where there is no room.
const (
	kneeIs      = "knee "
	notKnown    = "not known"
	atMostUsers = "at most %s users"
	atMostRate  = "%s, %s/s"
	usedOf      = "%s of %s"
)

// The footer, and why something can't be done now.
const (
	loadRuns     = "load running, %s of %s, about %s left · nothing else runs meanwhile"
	noLoadToShow = "there is no load to show"
	stopsAlready = "it is stopping already"
	stopWord     = "stop"
	walkGoesOn   = "walk, it goes on"
	onePane      = "one pane here; the notes stand beside from %d columns on"
	paneWord     = "pane"
	copyWord     = "copy"
	itsItem      = "its item"
	rowsWord     = "rows"
)

// viewNames are what turning to a view is called.
var viewNames = [views]string{"chart", "histogram", "table"}

// For those who hear it.
const (
	noLoadSent  = "No load was sent in this review."
	stepIs      = "Step %d: %s, %s" // its title, its item
	goodASecond = "%s good a second"
	notRun      = "not run: " // before a reason that may say it itself
)

// The table as it is copied.
const (
	copiedHead      = "| step | what | item | answers | good/s | failed | p50 | p90 | p99 | verdict |\n|---|---|---|---|---|---|---|---|---|---|\n"
	copiedRunning   = "running"
	copiedKnee      = "\nKnee: %s\n"
	copiedSaturated = "Saturated: %s\n"
	copiedSteps     = "copied the steps as Markdown: %s"
)
