package signing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"assess/gonogo/checks/clean"
)

// agentPatience is how long an agent may take: people have to touch a key or confirm.
const agentPatience = 60 * time.Second

// dialPatience is how long it may take to be connected to.
const dialPatience = 5 * time.Second

// agentConn is a connection to an ssh-agent. The protocol has no cancel: closing the
// connection is the way to give up, and a deadline keeps a silent agent from holding anybody.
type agentConn struct {
	client agent.ExtendedAgent
	ctx    context.Context
	until  time.Time
	close  func()
}

// dialAgent connects to the agent of SSH_AUTH_SOCK; it is nil where there is none.
func dialAgent(ctx context.Context, patience time.Duration) (*agentConn, error) {
	socket := os.Getenv("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, nil
	}
	conn, err := (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, fmt.Errorf("the ssh-agent does not answer: %w", err)
	}
	a := &agentConn{client: agent.NewClient(conn), ctx: ctx, until: time.Now().Add(patience)}
	if d, ok := ctx.Deadline(); ok && d.Before(a.until) {
		a.until = d
	}
	forget := context.AfterFunc(ctx, func() { conn.Close() })
	a.close = func() { forget(); conn.Close() }
	if err := conn.SetDeadline(a.until); err != nil {
		a.close()
		return nil, fmt.Errorf("the ssh-agent does not answer: %w", err)
	}
	return a, nil
}

// why tells waiting that ended from an agent that said no.
func (a *agentConn) why(err error) error {
	switch {
	case errors.Is(a.ctx.Err(), context.Canceled):
		return fmt.Errorf("nobody waited for it any longer: %w", a.ctx.Err())
	case !time.Now().Before(a.until):
		return errors.New("it did not answer in time")
	}
	return errors.New(string(clean.Line(err.Error())))
}

// list is what the agent holds and a report can be signed with; certificates can't.
func (a *agentConn) list() ([]*agent.Key, error) {
	held, err := a.client.List()
	if err != nil {
		return nil, fmt.Errorf("the ssh-agent does not list its keys: %w", a.why(err))
	}
	return slices.DeleteFunc(held, func(k *agent.Key) bool {
		public, err := ssh.ParsePublicKey(k.Blob)
		return err != nil || !usable(public)
	}), nil
}

// fromAgent asks the ssh-agent for want, or for its only key.
func fromAgent(ctx context.Context, want ssh.PublicKey) (*Key, error) {
	a, err := dialAgent(ctx, agentPatience)
	if err != nil {
		return nil, fmt.Errorf("%w; give --key FILE", err)
	}
	if a == nil {
		return nil, errors.New("no key: give --key FILE, or start an ssh-agent that holds one")
	}
	keys, err := a.list()
	if err != nil {
		a.close()
		return nil, fmt.Errorf("%w; give --key FILE", err)
	}
	key, err := pick(keys, want)
	if err != nil {
		a.close()
		return nil, err
	}
	public, err := ssh.ParsePublicKey(key.Blob)
	if err != nil {
		a.close()
		return nil, err
	}
	return &Key{Signer: agentSigner{a, key, public}, Comment: clean.Line(key.Comment), FromAgent: true, release: a.close}, nil
}

func pick(keys []*agent.Key, want ssh.PublicKey) (*agent.Key, error) {
	if want == nil && len(keys) == 1 {
		return keys[0], nil
	}
	for _, k := range keys {
		if want != nil && bytes.Equal(k.Blob, want.Marshal()) {
			return k, nil
		}
	}
	if want != nil {
		return nil, fmt.Errorf("the ssh-agent does not hold %s: load it with ssh-add", ssh.FingerprintSHA256(want))
	}
	if len(keys) == 0 {
		return nil, errors.New("the ssh-agent holds no key to sign with (or is locked): give --key FILE")
	}
	var names []string
	for _, k := range keys[:min(len(keys), 8)] {
		names = append(names, fmt.Sprintf("%s %s", clean.Line(k.Comment), ssh.FingerprintSHA256(k)))
	}
	return nil, fmt.Errorf("the ssh-agent holds %d keys: name one with --key FILE.pub (%s)", len(keys), strings.Join(names, "; "))
}

// agentSigner signs through the agent; RSA keys with SHA-512.
type agentSigner struct {
	agent  *agentConn
	key    *agent.Key
	public ssh.PublicKey
}

func (s agentSigner) PublicKey() ssh.PublicKey { return s.public }

func (s agentSigner) Sign(rand io.Reader, data []byte) (*ssh.Signature, error) {
	return s.SignWithAlgorithm(rand, data, "")
}

// SignWithAlgorithm lets sshsig ask for rsa-sha2-512.
func (s agentSigner) SignWithAlgorithm(_ io.Reader, data []byte, algorithm string) (*ssh.Signature, error) {
	var flags agent.SignatureFlags
	if algorithm == ssh.KeyAlgoRSASHA512 || (algorithm == "" && s.key.Type() == ssh.KeyAlgoRSA) {
		flags = agent.SignatureFlagRsaSha512
	}
	sig, err := s.agent.client.SignWithFlags(s.key, data, flags)
	if err != nil {
		return nil, fmt.Errorf("the ssh-agent did not sign (%w): confirm or touch the key within %s, or give --key FILE", s.agent.why(err), agentPatience)
	}
	return sig, nil
}
