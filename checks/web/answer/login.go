package answer

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// ErrNoLogin says that the target declares no login.
var ErrNoLogin = errors.New("not declared: auth.login.url")

// LoginRequest builds the declared login with a name and a password, written into the
// body as its content type needs. The password never reaches evidence.
func LoginRequest(p *checks.Probe, user, password string) (observe.Request, error) {
	login := p.Target.Auth.Login
	if login.URL == "" {
		return observe.Request{}, ErrNoLogin
	}
	method, media := login.Method, login.ContentType
	if method == "" {
		method = "POST"
	}
	if media == "" {
		media = "application/json"
	}
	body := login.Body
	if body == "" {
		body = `{"username":"${user}","password":"${password}"}`
		if strings.Contains(media, "form-urlencoded") {
			body = "username=${user}&password=${password}"
		}
	}
	body = strings.NewReplacer("${user}", escapeFor(media, user), "${password}", escapeFor(media, password)).Replace(body)
	if strings.Contains(body, "${") {
		resolved, err := p.Target.Resolve(body)
		if err != nil {
			return observe.Request{}, err
		}
		body = resolved
	}
	return observe.Request{Method: method, URL: login.URL, Body: []byte(body), Fresh: true,
		Header: []observe.Field{{Name: "Content-Type", Value: media}}, Secret: []string{password}}, nil
}

// escapeFor writes value so that it stays one value in a body of the media type.
func escapeFor(media, value string) string {
	switch {
	case strings.Contains(media, "json"):
		quoted, _ := json.Marshal(value)
		return string(quoted[1 : len(quoted)-1])
	case strings.Contains(media, "form-urlencoded"):
		return url.QueryEscape(value)
	}
	return value
}

// OwnLogin is the declared login with the credentials of the assessor's own account, where
// its body names them as holes: {"username":"${env:NAME}","password":"${env:PASSWORD}"}.
// ok is false where it names none; the error says which hole can't be filled.
func OwnLogin(p *checks.Probe) (r observe.Request, ok bool, err error) {
	body := p.Target.Auth.Login.Body
	if !strings.Contains(body, "${env:") && !strings.Contains(body, "${file:") {
		return observe.Request{}, false, nil
	}
	r, err = LoginRequest(p, "", "")
	return r, true, err
}
