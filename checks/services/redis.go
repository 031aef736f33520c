package services

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"assess/gonogo/checks"
)

// RedisParams are the parameters of data.redis.reachable.
type RedisParams struct {
	Service  string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind redis"`
	Required bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Patience *time.Duration `toml:"patience" doc:"how long a server that still loads its data is waited for; default 30s"`
}

var redisReachable = checks.Define(checks.Kind{
	ID: "data.redis.reachable", Title: "Redis answers", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.redis"},
	Sends: "PING without credentials; PING with the declared ones; INFO of the sections server and memory",
	Rule: "PASS: PONG with credentials, and none without; or PONG without on loopback. WARN: PONG without credentials on a private network. " +
		"FAIL: that on a public address, wrong credentials, no client let in any more, loading for more than 30 s, another protocol, or a required service whose host refuses the connection. " +
		"inconclusive: timed out, name not found, credentials asked for and none declared, protected mode, or refused while not required.",
	Fix:  "Correct address and credentials; require authentication; listen on the internal network only.",
	Refs: []string{"CWE-306", "ASVS 13.2.1"},
}, func(ctx context.Context, p *checks.Probe, params RedisParams) checks.Result {
	patience := 30 * time.Second
	if params.Patience != nil {
		patience = *params.Patience
	}
	s, facts, other := askRedis(ctx, p, Params{params.Service, params.Required}, patience)
	if other != nil {
		return *other
	}
	return with(judgeRedis(facts), p.Note("Redis "+s.Address, facts.table()))
})

// RedisConfigParams are the parameters of data.redis.config.
type RedisConfigParams struct {
	Service  string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind redis"`
	Required bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Policy   checks.Strings `toml:"policy" doc:"the eviction policies that are intended; default any but the default noeviction, which warns"`
}

var redisConfig = checks.Define(checks.Kind{
	ID: "data.redis.config", Title: "Redis has authentication, a memory limit and the intended eviction policy", Class: checks.Safe, Severity: checks.Medium,
	Needs: []string{"service.redis"},
	Sends: "the same as data.redis.reachable",
	Rule: "PASS: no answer without credentials, a memory limit below the host's memory, an eviction policy as intended. " +
		"WARN: open on loopback, a limit above the host's memory, or the default policy while none is named. FAIL: open beyond loopback, no limit, or another policy than intended. " +
		"inconclusive: INFO can't be read.",
	Fix:  "Set requirepass or an access list, maxmemory and maxmemory-policy; keep queues apart from caches.",
	Refs: []string{"ASVS 13.2.1", "CWE-306", "Redis key eviction"},
}, func(ctx context.Context, p *checks.Probe, params RedisConfigParams) checks.Result {
	s, facts, other := askRedis(ctx, p, Params{params.Service, params.Required}, 0)
	if other != nil {
		return *other
	}
	return with(judgeRedisConfig(facts, params.Policy), p.Note("Redis "+s.Address, facts.table()))
})

// redisTime bounds one command and its answer.
const redisTime = 3 * time.Second

// redisBytes are the first bytes of answers in Redis' protocol, versions 2 and 3.
const redisBytes = "+-:$*_#,(!=%~>|"

// silence keeps the client's own log off the terminal.
var silence = sync.OnceFunc(logging.Disable)

// askRedis observes a declared server: without credentials, then with them.
func askRedis(ctx context.Context, p *checks.Probe, params Params, patience time.Duration) (service, redisFacts, *checks.Result) {
	s, missing := find(p, params, "redis")
	if missing != nil {
		return s, redisFacts{}, missing
	}
	facts, err := s.redis(ctx, p, patience)
	if err != nil {
		r := s.silent(p, "Redis "+s.Address, err)
		return s, facts, &r
	}
	return s, facts, nil
}

// redis is what the server showed, asked once a run for each patience. The error says why
// nothing was heard of a Redis server.
func (s service) redis(ctx context.Context, p *checks.Probe, patience time.Duration) (redisFacts, error) {
	silence()
	declared, err := redis.ParseURL(s.absolute("redis"))
	if err != nil {
		// The parser's error may quote the URL.
		return redisFacts{}, errors.New("the URL of [services." + s.Name + "] is none of Redis")
	}
	o := p.Shared("redis "+patience.String()+" "+s.Name, func() any { return newObserved[redisFacts]() }).(*observed[redisFacts])
	return o.get(ctx, func(ctx context.Context) (redisFacts, error) { return s.waitForRedis(ctx, p, declared, patience) })
}

// waitForRedis asks until the server has loaded its data, or patience ends.
func (s service) waitForRedis(ctx context.Context, p *checks.Probe, declared *redis.Options, patience time.Duration) (redisFacts, error) {
	facts := redisFacts{Credentials: declared.Username != "" || declared.Password != "", TLS: declared.TLSConfig != nil}
	facts.Unverified = facts.TLS && declared.TLSConfig.InsecureSkipVerify
	until := time.Now().Add(patience)
	for {
		err := s.askOnce(ctx, p, declared, &facts)
		switch {
		case facts.Foreign:
			return facts, nil
		case err != nil || !facts.Open.loading() && !facts.Known.loading() || !time.Now().Before(until):
			return facts, err
		}
		p.Progress("Redis loads its data")
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return facts, ctx.Err()
		}
	}
}

// askOnce fills the facts. An error means that something has no answer.
func (s service) askOnce(ctx context.Context, p *checks.Probe, declared *redis.Options, facts *redisFacts) error {
	stranger := &redis.Options{TLSConfig: declared.TLSConfig}
	err := s.talk(ctx, p, stranger, facts, func(ctx context.Context, c *redis.Client) (err error) {
		started := time.Now()
		if facts.Open, err = pinged(c.Ping(ctx).Err()); err != nil || facts.Credentials {
			return err
		}
		facts.Took = time.Since(started)
		facts.Info, facts.NoInfo = readInfo(ctx, c)
		return nil
	})
	if err != nil || !facts.Credentials {
		return err
	}
	known := &redis.Options{TLSConfig: declared.TLSConfig, Username: declared.Username, Password: declared.Password}
	return s.talk(ctx, p, known, facts, func(ctx context.Context, c *redis.Client) (err error) {
		started := time.Now()
		if facts.Known, err = pinged(c.Ping(ctx).Err()); err != nil {
			return err
		}
		facts.Took = time.Since(started)
		facts.Info, facts.NoInfo = readInfo(ctx, c)
		return nil
	})
}

// talk opens one connection and lets ask speak over it.
func (s service) talk(ctx context.Context, p *checks.Probe, o *redis.Options, facts *redisFacts, ask func(context.Context, *redis.Client) error) error {
	conn, _, err := s.open(ctx, p)
	if err != nil {
		return err
	}
	defer conn.Close()
	facts.Reach = reachOf(conn.RemoteAddr())
	var over net.Conn = conn
	if o.TLSConfig != nil {
		config := o.TLSConfig.Clone()
		if config.RootCAs == nil {
			config.RootCAs = p.Roots()
		}
		secured := tls.Client(conn, config)
		timed, cancel := context.WithTimeout(ctx, redisTime)
		defer cancel()
		if err := secured.HandshakeContext(timed); err != nil {
			return err
		}
		conn = &line{Conn: secured}
		over = conn
	}
	taken := false
	c := redis.NewClient(&redis.Options{
		Addr: s.Address, Username: o.Username, Password: o.Password, Protocol: 2,
		Dialer: func(context.Context, string, string) (net.Conn, error) {
			if taken {
				return nil, errors.New("the connection broke")
			}
			taken = true
			return over, nil
		},
		PoolSize: 1, MaxRetries: -1, DialerRetries: 1, ReadTimeout: redisTime, WriteTimeout: redisTime, ContextTimeoutEnabled: true,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	})
	defer c.Close()
	err = ask(ctx, c)
	facts.Foreign = err != nil && conn.foreign(redisBytes)
	return err
}

// pinged reads what came of a PING. Only what the server itself said is an answer.
func pinged(err error) (answered, error) {
	var said redis.Error
	switch {
	case err == nil:
		return "PONG", nil
	case errors.As(err, &said):
		text := said.Error()
		return answered(text), nil
	}
	return "", err
}

// readInfo asks the server about itself, and keeps the fields that the rules and the
// evidence need.
func readInfo(ctx context.Context, c *redis.Client) (map[string]string, error) {
	kept := map[string]string{}
	for _, section := range []string{"server", "memory"} {
		text, err := c.Info(ctx, section).Result()
		if err != nil {
			return nil, err
		}
		for _, row := range strings.Split(text, "\r\n") {
			name, value, ok := strings.Cut(row, ":")
			if ok && redisFields[name] && len(value) <= 100 {
				kept[name] = value
			}
		}
	}
	return kept, nil
}
