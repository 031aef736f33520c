// Package unlock gets at a key to sign with: those that are at hand, and the passphrase of
// a locked one while it is typed. The screens that sign share it.
//
// It imports sessions/signing and themes, no screen.
package unlock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/signing"
	"assess/gonogo/themes"
)

// ErrLocked says that the key wants a passphrase.
var ErrLocked = errors.New("the key has a passphrase")

// Keys lists the keys in ~/.ssh and those of the ssh-agent. err says why the agent was not
// heard; the files are listed then too. It reads and waits, so call it in a command.
func Keys(ctx context.Context) ([]signing.Available, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil, err
	}
	return signing.AvailableKeys(ctx, filepath.Join(home, ".ssh"))
}

// Load loads a key; passphrase is nil while nobody was asked for it, and wiped when it was
// used. A locked key without one is ErrLocked, with a wrong one
// x509.IncorrectPasswordError.
func Load(ctx context.Context, key signing.Available, passphrase []byte) (*signing.Key, error) {
	defer clear(passphrase)
	return key.Load(ctx, func(string) ([]byte, error) {
		if passphrase == nil {
			return nil, ErrLocked
		}
		return passphrase, nil
	})
}

// Label is a key's name: the file's, or the agent's comment.
func Label(k signing.Available) string {
	switch {
	case !k.FromAgent:
		return string(k.Name)
	case k.Name == "":
		return agentKeyUnnamed
	}
	return fmt.Sprintf(agentKey, k.Name)
}

// Waiting says what is waited for while the key signs: an agent may ask its person, and a
// hardware key, which only an agent reaches, wants to be touched.
func Waiting(k signing.Available) string {
	if k.FromAgent {
		return waitsForPerson
	}
	return fmt.Sprintf(waitsForKey, k.Name)
}

// Forwarded reports whether the key comes through an agent of another machine: who
// administers this one could sign with it too.
func Forwarded(k signing.Available) bool { return k.FromAgent && os.Getenv("SSH_CONNECTION") != "" }

// Short is a fingerprint as people compare it, by its ends: SHA256:q8JrT1…VbMw.
func Short(fingerprint string) string {
	if len(fingerprint) < 20 {
		return fingerprint
	}
	return fingerprint[:13] + themes.SignCut + fingerprint[len(fingerprint)-4:]
}

// most is the longest passphrase, in bytes.
const most = 1024

// Secret is a passphrase being typed. It is never shown, never a draft, and wiped when it
// was used.
type Secret struct{ b []byte }

// Type takes a key.
func (p *Secret) Type(k tea.KeyMsg) {
	switch k.Type {
	case tea.KeyRunes, tea.KeySpace:
		for _, r := range k.Runes {
			if len(p.b) < most && r >= ' ' {
				p.b = utf8.AppendRune(p.b, r)
			}
		}
		if k.Type == tea.KeySpace && len(k.Runes) == 0 {
			p.b = append(p.b, ' ')
		}
	case tea.KeyBackspace:
		_, n := utf8.DecodeLastRune(p.b)
		p.b = p.b[:len(p.b)-n]
	case tea.KeyCtrlU:
		p.Wipe()
	}
}

// Take hands the passphrase over and forgets it. It is never nil.
func (p *Secret) Take() []byte {
	out := append([]byte{}, p.b...)
	p.Wipe()
	return out
}

// Wipe forgets it.
func (p *Secret) Wipe() {
	clear(p.b)
	p.b = p.b[:0]
}

// Len is how many characters were typed.
func (p *Secret) Len() int { return utf8.RuneCount(p.b) }
