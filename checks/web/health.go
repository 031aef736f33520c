package web

import (
	"encoding/json"
	"regexp"
	"strings"

	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// wellness is what a health answer says about itself.
type wellness string

// The words of health bodies come down to these. Silent means that nothing a machine
// can read was said.
const (
	healthy   wellness = "healthy"
	degraded  wellness = "degraded"
	unhealthy wellness = "unhealthy"
	unknown   wellness = "unknown"
	silent    wellness = ""
)

// healthWords maps the values of a status member to what they mean: those of
// draft-inadarei-api-health-check, of Spring's actuator, and of habit.
var healthWords = map[string]wellness{
	"pass": healthy, "ok": healthy, "up": healthy, "healthy": healthy, "alive": healthy, "ready": healthy,
	"success": healthy, "green": healthy, "true": healthy, "connected": healthy, "available": healthy, "running": healthy,
	"warn": degraded, "warning": degraded, "degraded": degraded, "yellow": degraded,
	"fail": unhealthy, "failed": unhealthy, "error": unhealthy, "down": unhealthy, "unhealthy": unhealthy,
	"out_of_service": unhealthy, "red": unhealthy, "false": unhealthy, "disconnected": unhealthy, "unavailable": unhealthy, "critical": unhealthy,
	"unknown": unknown,
}

// plainHealth matches the whole of a short text answer that says all is well: the word, or
// a sentence such as "Prometheus Server is Healthy."; denied are sentences that say so of nothing.
var (
	plainHealth = regexp.MustCompile(`(?i)^\s*([\w-]+( [\w-]+){0,3} is )?(ok|healthy|ready|up|pong|alive)[.!]?\s*$`)
	denied      = regexp.MustCompile(`(?i)\b(no|not|none|nothing|nobody|never|neither|false|if|whether|when|once|until|what|who)\b`)
)

// maxPlainHealth is the longest text in bytes that is read as a plain health answer.
const maxPlainHealth = 256

// SaysHealth reports whether x reads as a health answer, of whatever health: a page that
// only answers says nothing.
func SaysHealth(x *observe.Exchange) bool { return readHealth(x) != silent }

// readHealth reads the body of a health answer: a JSON object with status, or with a
// boolean healthy or ok, or a short word in plain text.
func readHealth(x *observe.Exchange) wellness {
	if object, ok := answer.Object(x); ok {
		return objectHealth(object)
	}
	if !answer.Rendered(x) && len(x.Body) <= maxPlainHealth {
		if saysWell(string(x.Body)) {
			return healthy
		}
		var word string
		if json.Unmarshal(x.Body, &word) == nil && saysWell(word) {
			return healthy
		}
	}
	return silent
}

func saysWell(text string) bool { return plainHealth.MatchString(text) && !denied.MatchString(text) }

func objectHealth(object map[string]any) wellness {
	status, said := member(object, "status")
	if said {
		return wellnessOf(status)
	}
	for _, name := range []string{"healthy", "ok"} {
		if value, ok := member(object, name); ok {
			if flag, isBool := value.(bool); isBool && flag {
				return healthy
			}
			return unhealthy
		}
	}
	if problem, ok := member(object, "error"); ok && problem != nil && problem != "" && problem != false {
		return unhealthy
	}
	return silent
}

// wellnessOf reads one status value, a word or a boolean; a nested object counts by its
// own status member.
func wellnessOf(value any) wellness {
	switch v := value.(type) {
	case string:
		if w, known := healthWords[strings.ToLower(strings.TrimSpace(v))]; known {
			return w
		}
		return unknown
	case bool:
		if v {
			return healthy
		}
		return unhealthy
	case map[string]any:
		return objectHealth(v)
	}
	return unknown
}

// member finds a member of a JSON object whatever the case of its name.
func member(object map[string]any, name string) (any, bool) {
	if value, ok := object[name]; ok {
		return value, true
	}
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return nil, false
}
