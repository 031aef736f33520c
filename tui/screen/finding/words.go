package finding

import "assess/gonogo/checks"

// The title.
const (
	heading      = "Finding"
	isNew        = "new"
	newStrength  = "new strength"
	titleFrom    = "%s, from %s"          // what it is, the items
	titleFromAnd = "%s, from %s and more" // with the first items
)

// Why there is nothing to edit.
const (
	noFinding = "there is no finding %s"
	goesBack  = "%s. %s goes back." // why, the key
)

// The words of choices. A strength is the last of the severities.
const (
	strength   = "strength"
	immediate  = "immediate"
	shortTerm  = "short term"
	longTerm   = "long term"
	certain    = "certain"
	likely     = "likely"
	high       = "high"
	medium     = "medium"
	low        = "low"
	noCause    = "none"
	newCause   = "a new one, titled like the finding"
	oneCause   = "%s, explains %d"
	notSaid    = "not said" // of a recorded finding that leaves it empty
	noEvidence = "none"
)

var (
	severities    = []string{string(checks.Critical), string(checks.High), string(checks.Medium), string(checks.Low), string(checks.Info), strength}
	horizons      = []string{immediate, shortTerm, longTerm}
	impacts       = []string{high, medium, low}
	probabilities = []string{certain, likely, low}
)

// The labels of the fields, and what stands in an empty one.
const (
	titleLabel       = "Title"
	titleHint        = "one sentence: what is wrong"
	severityLabel    = "Severity"
	horizonLabel     = "Horizon"
	ownerLabel       = "Owner"
	ownerHint        = "who mends it"
	effortLabel      = "Effort"
	effortHint       = "such as half a day"
	riskLabel        = "Risk"
	impactWord       = "impact"
	probabilityWord  = "probability"
	causeLabel       = "Root cause"
	descriptionLabel = "Description"
	descriptionHint  = "what was observed, and what follows from it"
	recommendLabel   = "Recommend"
	recommendHint    = "what to do about it"
	evidenceLabel    = "Evidence"
)

// A piece of evidence.
const (
	pieceWhere = "%s %d of %d   " // the item, which of how many
	earlierRun = "of an earlier run"
	leftOutTo  = "%s   left out"
)

// The footer, and why something can't be done now.
const (
	choose      = "choose"
	tickWords   = "leave out, take in"
	back        = "back"
	editorFor   = "the editor is for description and recommendation"
	noReadyText = "no text of the library fits"
)

// What happened.
const (
	anyFinding    = "finding"
	savedText     = "%s %s · %s undoes" // its id, where it is saved, the key
	evidenceTaken = "%s is evidence of it now"
	textTaken     = "text %s, %s of %s that fit" // its id, which of how many
	houseMistakes = "the house’s texts of findings have mistakes: gonogo findings tells them"
)

// For those who hear the form.
const (
	newFinding       = "New finding"
	findingOf        = "Finding %s"
	evidenceOf       = "Evidence %d"
	libraryLabel     = "Text of the library"
	libraryHint      = "one fills the fields that follow, which can be changed"
	noLibraryText    = "none, I write it"
	leaveLabel       = "Evidence to leave out"
	leaveHint        = "its numbers; empty keeps all of it"
	noPiece          = "%s is no piece of evidence; say numbers, 1 to %d"
	probabilityLabel = "Probability"
	impactLabel      = "Impact"
	recommendation   = "Recommendation"
	sureSave         = "save the finding"
)
