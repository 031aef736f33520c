package demo

import (
	"net/http"
	"time"
)

// components are the data stores that the detailed health route reports.
var components = []string{"database", "redis", "heavydb"}

// observation is one entry of a health answer (draft-inadarei-api-health-check).
type observation struct {
	Type   string `json:"componentType"`
	Status string `json:"status"`
	Value  int    `json:"observedValue"`
	Unit   string `json:"observedUnit"`
	Time   string `json:"time"`
}

// health answers pass, with an entry for each of the named data stores.
func (s *service) health(stores ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answer := map[string]any{"status": "pass"}
		if len(stores) > 0 {
			checks := map[string][]observation{}
			for i, name := range stores {
				checks[name+":responseTime"] = []observation{{
					Type: "datastore", Status: "pass", Value: 2 + i, Unit: "ms",
					Time: time.Now().UTC().Format(time.RFC3339),
				}}
			}
			answer["checks"] = checks
		}
		w.Header().Set("Content-Type", "application/health+json")
		w.Header().Set("Cache-Control", "no-store")
		writeJSON(w, http.StatusOK, answer)
	}
}
