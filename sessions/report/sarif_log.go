package report

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifTime   = "2006-01-02T15:04:05.000Z"
)

// The objects of a SARIF log that gonogo writes, by the standard's names.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Automation  sarifID           `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		Columns     string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
		Properties  map[string]any    `json:"properties"`
	}
	sarifID struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful bool   `json:"executionSuccessful"`
		Start      string `json:"startTimeUtc"`
		End        string `json:"endTimeUtc"`
	}
	sarifDriver struct {
		Name     string      `json:"name"`
		FullName string      `json:"fullName"`
		Version  string      `json:"version"`
		Rules    []sarifRule `json:"rules"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifRule struct {
		ID         string       `json:"id"`
		Short      sarifMessage `json:"shortDescription"`
		Full       sarifMessage `json:"fullDescription"`
		Help       sarifMessage `json:"help"`
		Default    sarifDefault `json:"defaultConfiguration"`
		Properties struct {
			Tags     []string `json:"tags"`
			Score    string   `json:"security-severity,omitempty"`
			Severity string   `json:"severity"`
			Gate     string   `json:"gate"`
			Refs     []string `json:"references"`
			Checks   []string `json:"checks"`
		} `json:"properties"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Kind         string             `json:"kind"`
		Level        string             `json:"level"`
		Message      sarifMessage       `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   struct {
			Verdict  string   `json:"verdict"`
			Evidence []string `json:"evidence"`
		} `json:"properties"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region struct {
				Line int `json:"startLine"`
			} `json:"region"`
		} `json:"physicalLocation"`
		Logical []sarifLogical `json:"logicalLocations"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
)
