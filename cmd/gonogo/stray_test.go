package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// TestNothingOfATargetReachesTheLog runs against a target that sends more than it was
// asked for, which net/http repeats to the standard logger.
func TestNothingOfATargetReachesTheLog(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go chatter(c)
		}
	}()
	dir := t.TempDir()
	target := filepath.Join(dir, "target.toml")
	text := fmt.Sprintf("name = \"chatter\"\nbase_url = \"http://%s\"\n", listener.Addr())
	if err := os.WriteFile(target, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	var out, errOut bytes.Buffer
	code := run(context.Background(), []string{"--home", filepath.Join(dir, "home"), "run", target, "--category", "security"}, &out, &errOut)
	if code != exitUnknown && code != exitNoGo {
		t.Fatalf("exit %d: %s%s", code, out.String(), errOut.String())
	}
	if logged.Len() > 0 || errOut.Len() > 0 {
		t.Errorf("log %q, errors %q", logged.String(), errOut.String())
	}
}

// chatter answers every request with a page and a secret behind it.
func chatter(c net.Conn) {
	defer c.Close()
	in := bufio.NewReader(c)
	for {
		if _, err := http.ReadRequest(in); err != nil {
			return
		}
		if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nokstray-secret"); err != nil {
			return
		}
	}
}
