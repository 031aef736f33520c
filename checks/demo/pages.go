package demo

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

//go:embed front
var front embed.FS

// pages are the front end's templates, one a page, all within the same frame.
type pages struct {
	named map[string]*template.Template
}

// view is what a page shows.
type view struct {
	Title      string
	Detail     string
	Path       string // of the page itself, to mark it in the navigation
	Visitor    string // name of who is logged in
	Query      string
	Securities []security
	Holdings   []holding
	Value      int64 // of the holdings, in cents
	Operations []operation
	Scene      string // worth of the holdings in cents, for the drawing of them
}

// holding is a position with what it is worth now.
type holding struct {
	position
	Name  string
	Worth int64
	Gain  float64 // percent over what was paid
}

func newPages() (*pages, error) {
	p := &pages{named: map[string]*template.Template{}}
	helpers := template.FuncMap{"money": money, "signed": signed, "points": points}
	for _, name := range []string{"dashboard", "positions", "markets", "help", "login", "admin", "search", "docs", "error"} {
		t, err := template.New("frame.html").Funcs(helpers).ParseFS(front, "front/frame.html", "front/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("page %s: %w", name, err)
		}
		p.named[name] = t
	}
	return p, nil
}

// show answers with a page.
func (p *pages) show(w http.ResponseWriter, status int, name string, v view) {
	var body bytes.Buffer
	if err := p.named[name].Execute(&body, v); err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	body.WriteTo(w)
}

// money writes cents as euros with groups of three: 1234567 is 12,345.67.
func money(cents int64) string {
	whole, rest := fmt.Sprint(cents/100), cents%100
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return fmt.Sprintf("%s.%02d", whole, rest)
}

func signed(percent float64) string {
	return strings.Replace(fmt.Sprintf("%+.2f %%", percent), "-", "−", 1)
}

// points draws closing prices as the points of a line in a box of 120 by 32.
func points(days []int64) string {
	least, most := days[0], days[0]
	for _, d := range days {
		least, most = min(least, d), max(most, d)
	}
	var b strings.Builder
	for i, d := range days {
		fmt.Fprintf(&b, "%d,%d ", i*120/(len(days)-1), 30-(d-least)*28/max(1, most-least))
	}
	return strings.TrimSpace(b.String())
}

func (s *service) pageRoutes() []route {
	page := func(path, name, title string) route {
		return route{Path: path, Get: func(w http.ResponseWriter, r *http.Request) {
			v := view{Title: title, Path: path, Securities: securities}
			if who, err := s.visitor(r); err == nil {
				v.Visitor = who.Subject
			}
			v.Holdings, v.Value = holdings(path == "/positions")
			if s.Wide() {
				v.Scene = heights(v.Holdings)
			}
			s.pages.show(w, http.StatusOK, name, v)
		}}
	}
	login := page("/login", "login", "Log in")
	login.Post = s.logIn
	return []route{
		page("/", "dashboard", "Dashboard"),
		page("/positions", "positions", "Positions"),
		page("/markets", "markets", "Markets"),
		page("/help", "help", "Help"),
		login,
		{Path: "/logout", Post: s.logOut},
		{Path: "/admin", Get: s.adminPage},
		{Path: "/static/app.css", Get: asset("app.css", "text/css; charset=utf-8", s.Mended("caching"))},
		{Path: "/static/mark.svg", Get: asset("mark.svg", "image/svg+xml", s.Mended("caching"))},
	}
}

// heights are the worths of holdings with commas between.
func heights(list []holding) string {
	var b strings.Builder
	for i, h := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, h.Worth)
	}
	return b.String()
}

// holdings are the positions of the first account, or of all, with their worth.
func holdings(all bool) (list []holding, total int64) {
	account := 1
	if all {
		account = 0
	}
	for _, p := range findPositions(account, len(positions)) {
		s, _ := securityOf(p.Symbol)
		worth := s.Cents * p.Quantity
		list = append(list, holding{p, s.Name, worth, float64(s.Cents-p.Cents) * 100 / float64(p.Cents)})
		total += worth
	}
	return list, total
}

// sessionCookie carries the token of somebody who logged in through the page.
const sessionCookie = "atlas_session"

func (s *service) visitor(r *http.Request) (claims, error) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return claims{}, err
	}
	return s.who.read(c.Value)
}

func (s *service) cookie(token string, seconds int) *http.Cookie {
	return &http.Cookie{Name: sessionCookie, Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: s.tls, SameSite: http.SameSiteStrictMode}
}

func (s *service) logIn(w http.ResponseWriter, r *http.Request) {
	a, ok := s.who.login(r.PostFormValue("username"), r.PostFormValue("password"))
	if !ok {
		s.pages.show(w, http.StatusUnauthorized, "login", view{Title: "Log in", Path: "/login", Detail: "Name or password are wrong."})
		return
	}
	token, err := s.who.issue(a)
	if err != nil {
		s.refuse(w, r, http.StatusInternalServerError, "The session could not be opened.")
		return
	}
	http.SetCookie(w, s.cookie(token, int(lifetime.Seconds())))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *service) logOut(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, s.cookie("", -1))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// adminPage shows the figures of all accounts to an admin and sends everybody else to the
// login.
func (s *service) adminPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	who, err := s.visitor(r)
	if err != nil || who.Role != "admin" {
		http.Redirect(w, r, "/login", http.StatusFound)
		return
	}
	v := view{Title: "Administration", Path: "/admin", Visitor: who.Subject}
	v.Holdings, v.Value = holdings(true)
	s.pages.show(w, http.StatusOK, "admin", v)
}
