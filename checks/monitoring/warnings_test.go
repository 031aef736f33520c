package monitoring

import (
	"fmt"
	"testing"

	"assess/gonogo/checks"
)

// An answer that Prometheus itself warns of, such as one without the series of a store that
// did not answer, proves nothing; notes about the query (infos) are no such warning.
func TestAnswersThatPrometheusWarnsOf(t *testing.T) {
	t.Parallel()
	const answer = `{"status":"success",%s"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]}]}}`
	whole := serve(t, map[string]string{"/api/v1/query": fmt.Sprintf(answer, `"infos":["metric might not be a counter"],"warnings":[],`)})
	check(t, "ops.prometheus.query", one("prometheus", whole), checks.Pass, `query = "up", fail = 2`)
	partial := serve(t, map[string]string{"/api/v1/query": fmt.Sprintf(answer, `"warnings":["No StoreAPIs matched for this query"],`)})
	o, _ := check(t, "ops.prometheus.query", one("prometheus", partial), checks.Inconclusive, `query = "up", fail = 2`)
	says(t, string(o.Reason), "warns that its answer may be wrong or incomplete: No StoreAPIs matched")
}
