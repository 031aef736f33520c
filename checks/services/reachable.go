package services

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var servicesReachable = checks.Define(checks.Kind{
	ID: "services.reachable", Title: "Every declared service resolves and answers", Class: checks.Safe, Severity: checks.High, Needs: []string{"services"},
	Sends: "to each declared service: what the kinds of data.postgres and data.redis send; a GET of /-/ready to Prometheus and Alertmanager, of /api/health to Grafana, of the URL to other HTTP services; a TCP connection to others, without a byte",
	Rule: "PASS: every service answers from this host, each in its own protocol, and says that it is well where it has words for it (of kind http any status below 400, 401 or 403; of kind tcp the port is open). " +
		"WARN: one answers with an error, 404 among them, or in other words than its own. FAIL: the host of a required service refuses the connection, another protocol answers, or a required HTTP service answers 5xx. " +
		"pending: no service is declared, or a secret in its URL is not set. inconclusive: timed out, name not found, or refused while not required: it may be reached from elsewhere; or Prometheus, Alertmanager or Grafana turns gonogo away.",
	Fix:  "Declare every dependency under [services]; correct names, ports and firewalls; run gonogo from where the application runs.",
	Refs: []string{"SRE App. E"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	parts, proof := eachService(ctx, p, service.reachable)
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = count(len(parts), "declared service") + " reachable from " + p.Vantage()
	}
	return checks.NewResult(verdict, "", reason, append(proof, p.Note("services, asked from "+p.Vantage(), answer.Table(parts)))...)
})

// eachService asks all declared services at once, in order of their names.
func eachService(ctx context.Context, p *checks.Probe, ask func(service, context.Context, *checks.Probe) checks.Result) (parts []answer.Part, proof []checks.Evidence) {
	names := slices.Sorted(maps.Keys(p.Target.Services))
	results := make([]checks.Result, len(names))
	var all sync.WaitGroup
	for i, name := range names {
		s, incomplete := filledIn(p, name, p.Target.Services[name], false)
		if incomplete != nil {
			results[i] = *incomplete
			continue
		}
		all.Go(func() { results[i] = ask(s, ctx, p) })
	}
	all.Wait()
	for i, r := range results {
		parts = append(parts, answer.Part{What: names[i] + ":", Verdict: r.Verdict, Reason: string(r.Reason)})
		proof = append(proof, r.Evidence...)
	}
	return parts, proof
}

// reachable asks one service in its own protocol.
func (s service) reachable(ctx context.Context, p *checks.Probe) checks.Result {
	switch s.Kind {
	case "postgres":
		facts, err := s.postgres(ctx, p)
		if err != nil {
			return s.silent(p, "PostgreSQL "+s.Address, err)
		}
		return with(reachedPostgres(facts), p.Note("PostgreSQL "+s.Address, facts.table()))
	case "redis":
		facts, err := s.redis(ctx, p, 0)
		if err != nil {
			return s.silent(p, "Redis "+s.Address, err)
		}
		return with(reachedRedis(facts), p.Note("Redis "+s.Address, facts.table()))
	case "tcp":
		conn, took, err := s.open(ctx, p)
		if err != nil {
			return s.silent(p, "TCP "+s.Address, err)
		}
		conn.Close()
		return with(pass("port open at "+s.Address+"; what serves there is not judged"), p.Note("TCP "+s.Address, "connected in "+millis(took)+"\n"))
	}
	own := ownWords[s.Kind]
	r, err := s.request(own.path)
	if err != nil {
		return unsure(err.Error())
	}
	x, err := p.Do(ctx, r)
	if last := answer.LastWord(err); last != nil {
		x, err = last, nil
	}
	switch {
	case answer.Trouble(err) == observe.NotHTTP:
		return with(fail("what answers at "+s.Address+" does not speak HTTP"), p.Note(answer.Label(p, r), err.Error()))
	case err != nil:
		return s.silent(p, answer.Label(p, r), err)
	}
	return with(reachedHTTP(x.Status, own.product, own.product != "" && own.well(x), s.Required), p.Exchange(x))
}

// ownWords are where the products among the HTTP services say that they are well, and how:
// Prometheus' and Alertmanager's management APIs, Grafana's health API. The name before
// Prometheus' words is a setting.
var ownWords = map[string]struct {
	product, path string
	well          func(*observe.Exchange) bool
}{
	"prometheus":   {"Prometheus", "/-/ready", func(x *observe.Exchange) bool { return strings.HasSuffix(words(x), " is Ready.") }},
	"alertmanager": {"Alertmanager", "/-/ready", func(x *observe.Exchange) bool { return words(x) == "OK" }},
	"grafana": {"Grafana", "/api/health", func(x *observe.Exchange) bool {
		object, ok := answer.Object(x)
		return ok && object["database"] == "ok"
	}},
}

// words are an answer that is one sentence; empty where it is more.
func words(x *observe.Exchange) string {
	if len(x.Body) > 200 {
		return ""
	}
	return strings.TrimSpace(string(x.Body))
}

// reachedPostgres judges whether a PostgreSQL server is there; in what state it is, is
// another kind's to judge.
func reachedPostgres(f postgresFacts) checks.Result {
	switch {
	case f.Foreign:
		return fail("what answers there does not speak as PostgreSQL does")
	case f.Answered:
		return pass("PostgreSQL answers")
	case f.AtDoor:
		return unsure("PostgreSQL does not let this host in (pg_hba.conf)")
	case f.Said != "":
		return warn("PostgreSQL is there, but answers with the error " + f.Said)
	}
	return unsure("SELECT 1 was not answered")
}

// reachedRedis does the same for Redis.
func reachedRedis(f redisFacts) checks.Result {
	switch said := f.decisive(); {
	case f.Foreign:
		return fail("what answers there does not speak as Redis does")
	case said.code() == "PONG":
		return pass("Redis answers")
	case said.code() == "DENIED":
		return unsure("Redis is in protected mode and does not let this host in")
	case said.code() != "":
		return warn(fmt.Sprintf("Redis is there, but answers with the error %q", said.code()))
	}
	return unsure("PING was not answered")
}

// reachedHTTP judges an HTTP service by its status, and one that is a product by whether
// it said in its own words that it is well.
func reachedHTTP(status int, product string, well, required bool) checks.Result {
	text := strings.TrimSpace(fmt.Sprintf("answers %d %s", status, http.StatusText(status)))
	refused := status == http.StatusUnauthorized || status == http.StatusForbidden
	switch {
	case status >= 500 && required:
		return fail(text)
	case refused && product != "":
		return unsure(text + ": that " + product + " is well can't be seen")
	case status >= 400 && !refused:
		return warn(text)
	case product != "" && (!well || status != http.StatusOK):
		return warn(text + ", but not with the words of a " + product + " that is well")
	}
	return pass(text)
}
