//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assess/gonogo/checks/services/pgtest"
)

// inStore runs the program in a folder, and wants it to end with a code.
func inStore(t *testing.T, dir string, code int, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(binaries, "gonogo"), args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GONOGO_HOME=" + filepath.Join(dir, "data"),
		"XDG_CONFIG_HOME=" + filepath.Join(dir, "config"), "TERM=xterm-256color", "PGPASSWORD=" + storePassword}
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run() // the exit code is what is looked at
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("%v exited %d, want %d\n%s%s", args, got, code, &out, &errOut)
	}
	if strings.Contains(out.String()+errOut.String(), storePassword) {
		t.Errorf("%v prints the password", args)
	}
	return out.String()
}

const storePassword = "pa55-of-the-store"

// One session through every command with the store in PostgreSQL: what comes out has the
// same bytes as from a folder.
func TestDatabaseStore(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{Password: storePassword})
	dir := t.TempDir()
	team := func(code int, args ...string) string {
		t.Helper()
		return inStore(t, dir, code, append([]string{"--store", server.URL("admin"), "--by", "ann"}, args...)...)
	}
	alone := func(code int, args ...string) string {
		t.Helper()
		return inStore(t, dir, code, append([]string{"--by", "ann"}, args...)...)
	}
	ran := team(20, "demo", "--headless")
	found := regexp.MustCompile(`(?m)^session (\S+)$`).FindStringSubmatch(ran)
	if found == nil {
		t.Fatalf("no session in %q", ran)
	}
	id := found[1]
	if list := team(0, "sessions"); !strings.Contains(list, id) {
		t.Errorf("not listed: %s", list)
	}
	if strings.Contains(alone(0, "sessions"), id) {
		t.Error("the session is in the folder")
	}
	if whole := team(0, "doctor", id); !strings.Contains(whole, "nothing is wrong") {
		t.Error(whole)
	}
	team(0, "submit", "latest")
	team(0, "pack", id, "-o", "team.gonogo")
	alone(0, "unpack", "team.gonogo")
	alone(0, "pack", id, "-o", "alone.gonogo")
	for _, name := range []string{"team", "alone"} {
		if _, err := os.Stat(filepath.Join(dir, name+".gonogo")); err != nil {
			t.Fatal(err)
		}
	}
	same(t, dir, "team.gonogo", "alone.gonogo")
	for _, args := range [][]string{{"show", id}, {"show", id, "--json"}, {"export", id, "--format", "md"}, {"export", id, "--format", "json"}} {
		if a, b := team(0, args...), alone(0, args...); a != b || a == "" {
			t.Errorf("%v: %d bytes from the database, %d from the folder", args, len(a), len(b))
		}
	}
	signed(t, dir, id, team, alone)

	// Unpacked again into the database it is the same session, and can be thrown away.
	team(0, "sessions", "remove", id)
	team(0, "unpack", "team.gonogo")
	var list []struct{ ID, Head string }
	if err := json.Unmarshal([]byte(team(0, "sessions", "--json")), &list); err != nil || len(list) != 1 || list[0].ID != id {
		t.Errorf("%+v, %v", list, err)
	}
	team(0, "pack", id, "-o", "again.gonogo")
	same(t, dir, "team.gonogo", "again.gonogo")

	// config.toml may say where sessions are; no file of it holds a secret.
	if err := os.MkdirAll(filepath.Join(dir, "config", "gonogo"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := "store = \"" + strings.Replace(server.URL("admin"), "admin@", "admin:${env:PGPASSWORD}@", 1) + "\"\n"
	if err := os.WriteFile(filepath.Join(dir, "config", "gonogo", "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if list := alone(0, "sessions"); strings.Count(list, id) != 1 {
		t.Error(list)
	}
	if machine := alone(0, "doctor"); !regexp.MustCompile(`ok +store +postgres on 127.0.0.1:\d+: 1 session`).MatchString(machine) {
		t.Error(machine)
	}
}

// signed signs the session from either store; the reports hold the same journal.
func signed(t *testing.T, dir, id string, team, alone func(int, ...string) string) {
	t.Helper()
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann@example.com", "-f", filepath.Join(dir, "key")).CombinedOutput(); err != nil {
		t.Skipf("skipped: ssh-keygen: %v %s", err, out)
	}
	team(0, "sign", id, "--key", "key", "--as", "ann@example.com", "-o", "signed.gonogo")
	public, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	line := "ann@example.com namespaces=\"gonogo.report.v1\" " + string(public)
	if err := os.WriteFile(filepath.Join(dir, "signers"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := alone(0, "verify", "signed.gonogo", "--signers", "signers", "--replay"); !strings.Contains(out, "ann@example.com") {
		t.Error(out)
	}
}

func same(t *testing.T, dir, a, b string) {
	t.Helper()
	first, err := os.ReadFile(filepath.Join(dir, a))
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(filepath.Join(dir, b))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("%s and %s differ: %d and %d bytes, %v", a, b, len(first), len(second), err)
	}
}

// What waits for the database is in the data folder: where others may write, it is not read.
func TestDatabaseStoreFolder(t *testing.T) {
	dir := t.TempDir()
	home := filepath.Join(dir, "data")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[os.FileMode]string{0o700: "help store", 0o770: "others may write to it", 0o707: "others may write to it"} {
		if err := os.Chmod(home, mode); err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		cmd := exec.Command(filepath.Join(binaries, "gonogo"), "--store", "postgres://admin@127.0.0.1:1/none", "sessions")
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GONOGO_HOME=" + home}
		cmd.Stderr = &said
		_ = cmd.Run() // what it says is looked at
		if !strings.Contains(said.String(), want) {
			t.Errorf("%o: %s, want %q", mode, said.String(), want)
		}
	}
}
