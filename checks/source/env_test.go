package source

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestParseEnv(t *testing.T) {
	src := "\uFEFF# comment\r\nA=1\r\nexport B = two words # note\nC=\nD=# only a note\nE=   # note\n" +
		"F=\"#quoted\"\nG='multi\nline'\nH: yaml\n\n  I=x#y\nJ=\"a\\nb\"\nA=again\nK=#first\nK=then\nL=then\nL=#last\n"
	values, lines, err := ParseEnv([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	wantValues := map[string]string{
		"A": "again", "B": "two words", "C": "", "D": "", "E": "", "F": "#quoted", "G": "multi\nline", "H": "yaml", "I": "x#y",
		"J": "a\nb", "K": "then", "L": "",
	}
	wantLines := map[string]int{
		"A": 14, "B": 3, "C": 4, "D": 5, "E": 6, "F": 7, "G": 8, "H": 10, "I": 12, "J": 13, "K": 16, "L": 18,
	}
	if !reflect.DeepEqual(values, wantValues) {
		t.Errorf("values: got %q, want %q", values, wantValues)
	}
	if !reflect.DeepEqual(lines, wantLines) {
		t.Errorf("lines: got %v, want %v", lines, wantLines)
	}
}

func TestEnvErrorsKeepTheirSecrets(t *testing.T) {
	const canary = "s3cr3t-canary"
	for src, at := range map[string]string{
		"A=1\nnot an assignment " + canary + "\n": "env file .env:2: ",
		"A=1\n\nB=\"" + canary + "\nC=2\n":        "env file .env:3: ",
		"A=1\nB-" + canary + "=2\n":               "env file .env:2: ",
		"A=\"x\" " + canary + "\n":                "env file .env:1: ",
		canary:                                    "env file .env:1: ",
		"A=" + canary + "\x00\n":                  "env file .env:1: ",
		"\xff\xfeA\x00=\x00" + canary:             "env file .env:1: ",
		"=" + canary:                              "env file .env:1: ",
	} {
		dir := t.TempDir()
		write(t, dir, map[string]string{".env": src})
		_, err := ReadEnv(dir, []string{".env"})
		if err == nil || !strings.HasPrefix(err.Error(), at) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v, want %s…", src, err, at)
		}
	}
}

func TestReadEnv(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{".env": "A=1\nB=1\n", "conf/prod.env": "B=2\nC=\n"})
	if err := os.Chmod(filepath.Join(dir, ".env"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := ReadEnv(dir, []string{".env", filepath.Join(dir, "conf/prod.env")})
	if err != nil {
		t.Fatal(err)
	}
	if f := env.Files[0]; f.Path != ".env" || f.Abs != filepath.Join(dir, ".env") || f.Mode != 0o600 || f.Lines["B"] != 2 {
		t.Errorf("got %+v", f)
	}
	for name, want := range map[string][2]string{"A": {"1", ".env"}, "B": {"2", filepath.Join(dir, "conf/prod.env")}, "C": {"", filepath.Join(dir, "conf/prod.env")}} {
		value, file, ok := env.Lookup(name)
		if !ok || value != want[0] || file != want[1] {
			t.Errorf("%s: %q from %s, %v", name, value, file, ok)
		}
	}
	if _, _, ok := env.Lookup("D"); ok {
		t.Error("found what is not there")
	}
	for _, missing := range []string{"missing.env", "conf"} {
		if _, err := ReadEnv(dir, []string{".env", missing}); err == nil || !strings.HasPrefix(err.Error(), "env file "+missing+": ") {
			t.Errorf("%s: %v", missing, err)
		}
	}
	write(t, dir, map[string]string{"big.env": "A=" + strings.Repeat("x", maxEnv)})
	if _, err := ReadEnv(dir, []string{"big.env"}); err == nil {
		t.Error("an env file of any size was read")
	}
}

func FuzzParseEnv(f *testing.F) {
	f.Add([]byte("A=1\nexport B='x\ny'\n# c\nC=#\n"))
	f.Add([]byte("A: \"\\\"\"\r\nB=$A\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		values, lines, err := ParseEnv(src)
		if err != nil {
			return
		}
		for name := range values {
			if lines[name] < 1 {
				t.Fatalf("%q has no line in %q", name, src)
			}
		}
	})
}
