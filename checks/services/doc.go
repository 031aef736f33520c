// Package services holds the kinds that ask what a target depends on in its own protocol:
// databases, caches, open ports and HTTP services. Each kind observes first and judges the
// facts in a pure function beside it; what one server says is asked once a run and shared.
//
// Every connection is opened by the probe, which holds scope and pace. What is kept as
// evidence is chosen field by field: a connection string never is.
//
// It may import checks, checks/guard, checks/migrations, checks/observe, checks/source and
// checks/web/answer.
package services

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{postgresReachable, postgresAccount, postgresConnections, postgresReplication, postgresStatements, postgresMigrations, redisReachable, redisConfig, tcpReachable,
		servicesReachable, servicesEncrypted, servicesHTTP}
}
