package services

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// redisFields are the fields of INFO that are kept.
var redisFields = map[string]bool{
	"redis_version": true, "valkey_version": true, "redis_mode": true, "uptime_in_seconds": true,
	"used_memory": true, "maxmemory": true, "maxmemory_policy": true, "total_system_memory": true,
}

// answered is what the server said to a PING: PONG, or its error with the code first.
type answered string

// code is the first word: PONG, NOAUTH, WRONGPASS, LOADING.
func (a answered) code() string {
	word, _, _ := strings.Cut(string(a), " ")
	return word
}

func (a answered) loading() bool { return a.code() == "LOADING" }

// redisFacts is what a Redis server showed.
type redisFacts struct {
	Credentials bool     // the target declares some
	Open        answered // to a PING without credentials
	Known       answered // to one with them
	Foreign     bool     // what answered does not speak the protocol
	Reach       reach
	TLS         bool
	Unverified  bool // the URL says not to verify the certificate
	Took        time.Duration
	Info        map[string]string
	NoInfo      error
}

// decisive is the answer with the credentials there are.
func (f redisFacts) decisive() answered {
	if f.Credentials {
		return f.Known
	}
	return f.Open
}

// shut reports whether a stranger is turned away by the server itself. Another error says
// nothing of authentication.
func (f redisFacts) shut() bool {
	switch f.Open.code() {
	case "NOAUTH", "NOPERM", "DENIED", "WRONGPASS":
		return true
	}
	return false
}

// unwell judges what is not a PONG; ok is true where it is one.
func (f redisFacts) unwell() (r checks.Result, ok bool) {
	said := f.decisive()
	switch code := said.code(); {
	case f.Foreign:
		return fail("what answers there does not speak as Redis does"), false
	case code == "PONG":
		return r, true
	case code == "LOADING":
		return fail("Redis still loads its data"), false
	case code == "NOAUTH" && !f.Credentials:
		return unsure("Redis is there and asks for credentials: declare them in the service's URL"), false
	case code == "WRONGPASS", code == "NOAUTH", strings.Contains(string(said), "invalid password"),
		strings.Contains(string(said), "without any password configured"), strings.Contains(string(said), "no password is set"):
		return fail("Redis is there, but refuses the credentials"), false
	case code == "DENIED":
		return unsure("Redis is in protected mode and does not let this host in: ask from where the application runs"), false
	case code == "NOPERM":
		return unsure("Redis is there, but the account may not PING"), false
	case strings.Contains(string(said), "max number of clients"):
		return fail("Redis is there, but lets no more clients in"), false
	}
	return unsure(fmt.Sprintf("Redis is there, but answers PING with the error %q", said.code())), false
}

func judgeRedis(f redisFacts) checks.Result {
	if r, ok := f.unwell(); !ok {
		return r
	}
	version := ""
	if v := f.version(); v != "" {
		version = " " + v
	}
	answers := "Redis" + version + " answers PING in " + millis(f.Took)
	switch {
	case f.shut():
		return pass(answers + ", and only with credentials")
	case f.Open.code() != "PONG":
		return unsure(fmt.Sprintf("%s; without credentials it answers with the error %q", answers, f.Open.code()))
	case f.Reach == loopback:
		return pass(answers + "; without credentials, on loopback")
	case f.Reach == private:
		return warn("Redis answers everybody on its network: it asks for no credentials")
	}
	return fail("Redis answers everybody at a public address: it asks for no credentials")
}

func judgeRedisConfig(f redisFacts, policies []string) checks.Result {
	if r, ok := f.unwell(); !ok {
		// What the server holds can't be seen; that it does not answer is another kind's to judge.
		return unsure(string(r.Reason))
	}
	limit, err := strconv.ParseUint(f.Info["maxmemory"], 10, 64)
	policy := f.Info["maxmemory_policy"]
	open := f.Open.code() == "PONG"
	if open && f.Reach != loopback {
		return fail("Redis asks for no credentials on the network")
	}
	switch {
	case f.Info["redis_mode"] == "sentinel":
		return unsure("this is a sentinel, which holds no data: declare the Redis server itself")
	case f.NoInfo != nil && answered(f.NoInfo.Error()).code() == "NOPERM":
		return unsure("the account may not read INFO: allow it +info")
	case f.NoInfo != nil || err != nil || policy == "":
		return unsure("what Redis says of its memory can't be read")
	case !open && !f.shut():
		return unsure(fmt.Sprintf("without credentials Redis answers with the error %q", f.Open.code()))
	}
	memory, _ := strconv.ParseUint(f.Info["total_system_memory"], 10, 64) // 0: not said
	switch {
	case limit == 0:
		return fail("Redis has no memory limit (maxmemory 0)")
	case len(policies) > 0 && !slices.Contains(policies, policy):
		return fail("the eviction policy is " + policy + ", not " + strings.Join(policies, " or "))
	case memory > 0 && limit >= memory:
		return warn("the memory limit of Redis is not below the host's memory")
	case len(policies) == 0 && policy == "noeviction":
		return warn("the eviction policy is the default, noeviction: full means that writes fail")
	case open:
		return warn("Redis asks for no credentials, on loopback")
	}
	node := "Redis"
	if f.Info["redis_mode"] == "cluster" {
		node = "this node of a Redis cluster"
	}
	return pass(fmt.Sprintf("%s asks for credentials, holds at most %d MiB, and evicts by %s", node, limit>>20, policy))
}

// version is what the server calls its version.
func (f redisFacts) version() string {
	if v := f.Info["valkey_version"]; v != "" {
		return v
	}
	return f.Info["redis_version"]
}

// table prints the facts for evidence: codes and chosen fields, never credentials.
func (f redisFacts) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "PING of a stranger: %s\n", f.Open.code())
	if f.Credentials {
		fmt.Fprintf(&b, "PING of the declared account: %s\n", f.Known.code())
	}
	if f.Foreign {
		b.WriteString("the answer is not in Redis' protocol\n")
	}
	fmt.Fprintf(&b, "address: %s\ntls: %t\n", f.Reach, f.TLS)
	if f.NoInfo != nil {
		fmt.Fprintf(&b, "INFO: %v\n", f.NoInfo)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Info)) {
		fmt.Fprintf(&b, "%s: %s\n", name, f.Info[name])
	}
	return b.String()
}
