package services

import (
	"errors"
	"net"
	"testing"
	"time"

	"assess/gonogo/checks"
)

func wantVerdict(t *testing.T, r checks.Result, want checks.Verdict) {
	t.Helper()
	if r.Verdict != want {
		t.Errorf("%s, want %s: %s", r.Verdict, want, r.Reason)
	}
}

func TestPostgresRule(t *testing.T) {
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	well := func(change func(*postgresFacts)) postgresFacts {
		f := postgresFacts{Answered: true, Took: 20 * time.Millisecond, TLS: true, Reach: private,
			Self: told[postgresSelf]{What: postgresSelf{Version: "17.2", Major: 17, Most: 100, Used: 10}}}
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		facts postgresFacts
		want  checks.Verdict
	}{
		"well":                 {well(func(*postgresFacts) {}), checks.Pass},
		"replica":              {well(func(f *postgresFacts) { f.Self.What.Replica = true }), checks.Pass},
		"plain on loopback":    {well(func(f *postgresFacts) { f.TLS, f.Reach = false, loopback }), checks.Pass},
		"plain on a network":   {well(func(f *postgresFacts) { f.TLS = false }), checks.Warn},
		"500 ms":               {well(func(f *postgresFacts) { f.Took = 500 * time.Millisecond }), checks.Pass},
		"501 ms":               {well(func(f *postgresFacts) { f.Took = 501 * time.Millisecond }), checks.Warn},
		"80 % in use":          {well(func(f *postgresFacts) { f.Self.What.Used = 80 }), checks.Pass},
		"81 % in use":          {well(func(f *postgresFacts) { f.Self.What.Used = 81 }), checks.Warn},
		"superuser":            {well(func(f *postgresFacts) { f.Self.What.Superuser = true }), checks.Warn},
		"version 12":           {well(func(f *postgresFacts) { f.Self.What.Major = 12 }), checks.Warn},
		"version 14, after":    {well(func(f *postgresFacts) { f.Self.What.Major = 14 }), checks.Warn},
		"version 15, before":   {well(func(f *postgresFacts) { f.Self.What.Major = 15 }), checks.Pass},
		"a version to come":    {well(func(f *postgresFacts) { f.Self.What.Major = 25 }), checks.Pass},
		"says nothing of self": {well(func(f *postgresFacts) { f.Self.Err = errors.New("denied") }), checks.Warn},
		"wrong password":       {postgresFacts{Said: "28P01"}, checks.Fail},
		"unknown database":     {postgresFacts{Said: "3D000"}, checks.Fail},
		"no connection left":   {postgresFacts{Said: "53300"}, checks.Fail},
		"cut off":              {postgresFacts{Said: "57014"}, checks.Fail},
		"another error":        {postgresFacts{Said: "XX000"}, checks.Fail},
		"not let in from here": {postgresFacts{Said: "28000", AtDoor: true}, checks.Inconclusive},
		"starting":             {postgresFacts{Said: "57P03"}, checks.Inconclusive},
		"another protocol":     {postgresFacts{Foreign: true}, checks.Fail},
		"nothing":              {postgresFacts{}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgePostgres(c.facts, now), c.want) })
	}
}

func TestRedisRule(t *testing.T) {
	for name, c := range map[string]struct {
		facts redisFacts
		want  checks.Verdict
	}{
		"only with credentials":           {redisFacts{Credentials: true, Open: "NOAUTH x", Known: "PONG", Reach: public}, checks.Pass},
		"open on loopback":                {redisFacts{Open: "PONG", Reach: loopback}, checks.Pass},
		"open on a network":               {redisFacts{Open: "PONG", Reach: private}, checks.Warn},
		"open to all":                     {redisFacts{Open: "PONG", Reach: public}, checks.Fail},
		"open though credentials work":    {redisFacts{Credentials: true, Open: "PONG", Known: "PONG", Reach: private}, checks.Warn},
		"credentials asked, none there":   {redisFacts{Open: "NOAUTH x"}, checks.Inconclusive},
		"wrong credentials":               {redisFacts{Credentials: true, Open: "NOAUTH x", Known: "WRONGPASS x"}, checks.Fail},
		"wrong password before version 6": {redisFacts{Credentials: true, Open: "NOAUTH x", Known: "ERR invalid password"}, checks.Fail},
		"open, and refuses credentials":   {redisFacts{Credentials: true, Open: "PONG", Known: "ERR AUTH <password> called without any password configured"}, checks.Fail},
		"loading":                         {redisFacts{Open: "LOADING x"}, checks.Fail},
		"protected mode":                  {redisFacts{Open: "DENIED x"}, checks.Inconclusive},
		"no permission":                   {redisFacts{Credentials: true, Open: "NOAUTH", Known: "NOPERM x"}, checks.Inconclusive},
		"full":                            {redisFacts{Open: "ERR max number of clients reached"}, checks.Fail},
		"another error":                   {redisFacts{Open: "ERR unknown command 'PING'"}, checks.Inconclusive},
		"a stranger met another error":    {redisFacts{Credentials: true, Open: "ERR max number of clients reached", Known: "PONG"}, checks.Inconclusive},
		"another protocol":                {redisFacts{Foreign: true}, checks.Fail},
		"nothing":                         {redisFacts{}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgeRedis(c.facts), c.want) })
	}
}

func TestRedisConfigRule(t *testing.T) {
	closed := func(limit, policy string) redisFacts {
		return redisFacts{Credentials: true, Open: "NOAUTH x", Known: "PONG", Reach: private,
			Info: map[string]string{"maxmemory": limit, "maxmemory_policy": policy, "total_system_memory": "8589934592"}}
	}
	open := closed("1048576", "allkeys-lru")
	open.Open = "PONG"
	openHere := open
	openHere.Reach = loopback
	hidden := closed("1048576", "allkeys-lru")
	hidden.NoInfo = errors.New("NOPERM")
	odd := closed("1048576", "allkeys-lru")
	odd.Open = "MASTERDOWN Link with MASTER is down"
	sentinel := closed("1048576", "allkeys-lru")
	sentinel.Info["redis_mode"] = "sentinel"
	for name, c := range map[string]struct {
		facts    redisFacts
		policies []string
		want     checks.Verdict
	}{
		"well":              {closed("1048576", "allkeys-lru"), nil, checks.Pass},
		"as intended":       {closed("1048576", "noeviction"), []string{"noeviction"}, checks.Pass},
		"not as intended":   {closed("1048576", "allkeys-lru"), []string{"noeviction"}, checks.Fail},
		"default policy":    {closed("1048576", "noeviction"), nil, checks.Warn},
		"no limit":          {closed("0", "allkeys-lru"), nil, checks.Fail},
		"limit above all":   {closed("8589934592", "allkeys-lru"), nil, checks.Warn},
		"open on a network": {open, nil, checks.Fail},
		"open on loopback":  {openHere, nil, checks.Warn},
		"another error":     {odd, nil, checks.Inconclusive},
		"a sentinel":        {sentinel, nil, checks.Inconclusive},
		"INFO refused":      {hidden, nil, checks.Inconclusive},
		"INFO says nothing": {closed("", ""), nil, checks.Inconclusive},
		"not a number":      {closed("-1", "allkeys-lru"), nil, checks.Inconclusive},
		"wrong credentials": {redisFacts{Credentials: true, Open: "NOAUTH", Known: "WRONGPASS"}, nil, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgeRedisConfig(c.facts, c.policies), c.want) })
	}
}

func TestTCPRule(t *testing.T) {
	wantVerdict(t, judgeTCP(tcpFacts{Dialled: time.Millisecond}), checks.Pass)
	wantVerdict(t, judgeTCP(tcpFacts{Dialled: 501 * time.Millisecond}), checks.Warn)
	wantVerdict(t, judgeTCP(tcpFacts{Wanted: "SSH-2.0", Banner: "SSH-2.0"}), checks.Pass)
	wantVerdict(t, judgeTCP(tcpFacts{Wanted: "SSH-2.0", Banner: "HTTP/1."}), checks.Fail)
	wantVerdict(t, judgeTCP(tcpFacts{Wanted: "SSH-2.0", Banner: "220"}), checks.Fail)
	wantVerdict(t, judgeTCP(tcpFacts{Wanted: "SSH-2.0", Banner: "SSH"}), checks.Inconclusive)
	wantVerdict(t, judgeTCP(tcpFacts{Wanted: "SSH-2.0"}), checks.Inconclusive)
}

func TestReach(t *testing.T) {
	for address, want := range map[string]reach{
		"127.0.0.1:6379": loopback, "[::1]:6379": loopback, "10.1.2.3:6379": private, "192.168.0.9:1": private,
		"100.64.0.1:1": private, "[fd00::1]:1": private, "100.128.0.1:1": public, "8.8.8.8:53": public, "[2001:db8::1]:1": public,
	} {
		a, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachOf(a); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	if got := reachOf(nil); got != public {
		t.Errorf("no address is %s", got)
	}
}
