// Package monitoring holds the kinds that ask the monitoring itself what it knows:
// Prometheus, Alertmanager and Grafana, over their HTTP interfaces. Each kind observes
// first and judges the facts in a pure function beside it.
//
// Only GETs are sent. An answer counts once it has the form of the product's own, and the
// paths beside it are answered otherwise: a page that says yes to everything proves nothing.
// Of configurations only chosen words are kept, because addresses in them can hold secrets.
//
// It may import checks, checks/local, checks/observe, checks/services and checks/web/answer.
package monitoring

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{prometheusUp, prometheusTargets, prometheusRules, prometheusCoverage,
		prometheusRunbooks, prometheusWatchdog, prometheusQuery, alertmanagerReceivers, grafanaUp, grafanaDashboards}
}
