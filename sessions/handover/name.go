package handover

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/sessions"
)

// FreeName is FileName, or where a file of that name lies in the folder, the next one:
// TARGET-DATE-2.gonogo, and so on. A number that was taken away again is not given anew, so
// that the highest is always the newest.
func FreeName(dir string, st *sessions.State) string {
	taken := numbers(dir, st)
	if len(taken) == 0 {
		return FileName(st)
	}
	return numbered(st, taken[0]+1)
}

// Signed are the files in the folder that signing the session would have named so, newest
// first. Another session of the same target and day gets the same names.
func Signed(dir string, st *sessions.State) []string {
	var out []string
	for _, n := range numbers(dir, st) {
		out = append(out, filepath.Join(dir, numbered(st, n)))
	}
	return out
}

// numbered is the name of the session's nth report file.
func numbered(st *sessions.State, n int) string {
	if n == 1 {
		return FileName(st)
	}
	return fmt.Sprintf("%s-%d.gonogo", Stem(st), n)
}

// numbers are those of the files in the folder, the highest first.
func numbers(dir string, st *sessions.State) []int {
	var out []int
	entries, _ := os.ReadDir(dir) // a folder that can't be read is said when the file is written
	for _, e := range entries {
		if e.Name() == FileName(st) {
			out = append(out, 1)
		}
		rest, _ := strings.CutPrefix(e.Name(), Stem(st)+"-")
		if n, err := strconv.Atoi(strings.TrimSuffix(rest, ".gonogo")); err == nil && n > 1 && e.Name() == numbered(st, n) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out
}
