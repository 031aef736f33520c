package demo

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// version of the service, as its repository and its target file give it.
const version = "2.3.1"

func (s *service) version(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"name": "atlas", "version": version, "commit": s.commit})
}

// login trades a name and password for a bearer token.
func (s *service) login(w http.ResponseWriter, r *http.Request) {
	var given struct{ Username, Password string }
	if err := json.NewDecoder(r.Body).Decode(&given); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The body must be JSON with username and password.")
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	a, ok := s.who.login(given.Username, given.Password)
	if !ok {
		s.refuse(w, r, http.StatusUnauthorized, "Name or password are wrong.")
		return
	}
	token, err := s.who.issue(a)
	if err != nil {
		s.fail(w, http.StatusInternalServerError, "The token could not be issued.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime.Seconds())})
}

// authenticated reads the caller's token, or answers why it is not one (RFC 6750 §3).
func (s *service) authenticated(w http.ResponseWriter, r *http.Request) (claims, bool) {
	w.Header().Set("Cache-Control", "no-store")
	who, status := s.who.bearer(r)
	if status == 0 {
		return who, true
	}
	challenge := `Bearer realm="atlas"`
	if r.Header.Get("Authorization") != "" {
		challenge += `, error="invalid_token"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	s.refuse(w, r, status, "A valid bearer token is needed.")
	return claims{}, false
}

// adminOnly lets admins through.
func (s *service) adminOnly(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.authenticated(w, r)
		switch {
		case !ok:
		case who.Role != "admin":
			s.refuse(w, r, http.StatusForbidden, "This needs the admin role.")
		default:
			next(w, r)
		}
	}
}

func (s *service) whoami(w http.ResponseWriter, r *http.Request) {
	if who, ok := s.authenticated(w, r); ok {
		writeJSON(w, http.StatusOK, map[string]string{"name": who.Subject, "role": who.Role})
	}
}

func (s *service) portfolio(w http.ResponseWriter, r *http.Request) {
	who, ok := s.authenticated(w, r)
	if !ok {
		return
	}
	held := findPositions(1, len(positions))
	writeJSON(w, http.StatusOK, map[string]any{"owner": who.Subject, "account": 1, "positions": held, "value_cents": value(held)})
}

// value is what positions are worth at the last prices, in cents.
func value(held []position) (cents int64) {
	for _, p := range held {
		if s, ok := securityOf(p.Symbol); ok {
			cents += s.Cents * p.Quantity
		}
	}
	return cents
}

// positions asks the database. Its numbers are parsed before they get anywhere near it.
func (s *service) positions(w http.ResponseWriter, r *http.Request) {
	account, ok := number(r, "account", 0, 1, 999)
	limit, fits := number(r, "limit", 50, 1, 100)
	if !ok || !fits {
		s.refuse(w, r, http.StatusBadRequest, "account and limit must be whole numbers, limit at most 100.")
		return
	}
	if !s.database.query(r.Context()) {
		s.fail(w, http.StatusInternalServerError, "The positions could not be read.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"positions": findPositions(account, limit)})
}

// number reads a whole number from least to most out of the query; unset means preset.
func number(r *http.Request, name string, preset, least, most int) (int, bool) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return preset, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n >= least && n <= most
}

// quote is one line of the quote feed.
type quote struct {
	Symbol string  `json:"symbol"`
	Name   string  `json:"name"`
	Cents  int64   `json:"price_cents"`
	Change float64 `json:"change_percent"`
}

func (s *service) listQuotes(w http.ResponseWriter, r *http.Request) {
	limit, fits := number(r, "limit", len(securities), 1, 100)
	if !fits {
		s.refuse(w, r, http.StatusBadRequest, "limit must be a whole number, at most 100.")
		return
	}
	open, ok := s.quotes.pass(r.Context())
	if !ok || open > 0 {
		w.Header().Set("Retry-After", fmt.Sprint(int(math.Ceil(max(open, time.Second).Seconds()))))
		s.fail(w, http.StatusServiceUnavailable, "The quote feed is not available.")
		return
	}
	list := make([]quote, min(limit, len(securities)))
	for i, c := range securities[:len(list)] {
		list[i] = quote{c.Symbol, c.Name, c.Cents, c.Change}
	}
	writeJSON(w, http.StatusOK, map[string]any{"quotes": list})
}

// maxQuery is the longest text that is searched for, in bytes.
const maxQuery = 200

// search answers with a page: the text is compared with names and escaped where it is
// shown.
func (s *service) search(w http.ResponseWriter, r *http.Request) {
	text := r.URL.Query().Get("q")
	if len(text) > maxQuery {
		s.refuse(w, r, http.StatusBadRequest, fmt.Sprintf("q may have %d bytes.", maxQuery))
		return
	}
	s.pages.show(w, http.StatusOK, "search", view{Title: "Search", Query: text, Securities: findSecurities(text)})
}

func (s *service) report(w http.ResponseWriter, r *http.Request) {
	if !s.reports.write(r.Context()) {
		s.fail(w, http.StatusServiceUnavailable, "The report was not written.")
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"report": "holdings", "accounts": 3, "value_cents": value(positions)})
}

func (s *service) overview(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"accounts": 3, "positions": len(positions), "value_cents": value(positions)})
}

func (s *service) users(w http.ResponseWriter, r *http.Request) {
	type user struct{ Name, Role string }
	list := []user{}
	for _, a := range s.who.accounts {
		list = append(list, user{a.Name, a.Role})
	}
	writeJSON(w, http.StatusOK, map[string]any{"users": list})
}

func (s *service) showSettings(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"currency": "EUR", "page_size": 50, "price_source": "closing"})
}
