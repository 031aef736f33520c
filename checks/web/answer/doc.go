// Package answer reads what an HTTP answer means for a check: whether a path is there,
// refused or only caught by a page that answers everything, what kind of body came, and
// what a missing answer says. The kinds in checks/web, checks/api and checks/auth share it, with the words of their reasons.
//
// It may import checks, checks/guard and checks/observe, and knows no kind.
package answer
