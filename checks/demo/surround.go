package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// front adds the public proxy of the scenario analytics.
func (h *house) front(ctx context.Context, s settings) error {
	host := "localhost"
	if !s.Mended("tls") {
		host = "old.atlas.internal"
	}
	ca, err := newAuthority(time.Now(), host)
	if err != nil {
		return err
	}
	proxy, err := h.add(ctx, h.service)
	if err != nil {
		return err
	}
	h.caPEM, h.servers[len(h.servers)-1].TLSConfig = ca.PEM, ca.config()
	h.Proxy = "https://localhost:" + port(proxy)
	if s.Mended("tls") {
		err = h.addRedirect(ctx, h.Proxy)
	} else {
		var plain net.Listener
		if plain, err = h.add(ctx, h.service); err == nil {
			h.Plain = "http://localhost:" + port(plain)
		}
	}
	return err
}

// neighbour serves a handler, or finds an address that refuses every connection.
func (h *house) neighbour(ctx context.Context, runs bool, handler http.Handler) (origin string, err error) {
	if !runs {
		addr, hold, err := vacantPort()
		if err != nil {
			return "", err
		}
		h.vacant = append(h.vacant, hold)
		return "http://" + addr, nil
	}
	at, err := h.add(ctx, handler)
	if err != nil {
		return "", err
	}
	return "http://" + at.Addr().String(), nil
}

// vacantPort finds a loopback address where nothing listens and nothing will: its port is
// taken by the near end of a connection until hold is closed.
func vacantPort() (addr string, hold io.Closer, err error) {
	l, err := listen("127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return "", nil, fmt.Errorf("demo service: %w", err)
	}
	far, err := l.Accept()
	if err != nil {
		near.Close()
		return "", nil, fmt.Errorf("demo service: %w", err)
	}
	return near.LocalAddr().String(), closers{near, far}, nil
}

// closers closes several things.
type closers []io.Closer

func (c closers) Close() error {
	var all error
	for _, one := range c {
		all = errors.Join(all, one.Close())
	}
	return all
}
