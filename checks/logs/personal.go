package logs

import (
	"math/big"
	"regexp"
	"strings"
)

var (
	mail       = regexp.MustCompile(`[A-Za-z0-9._%+-]{1,64}(?:@|%40)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24})\b`)
	noMailbox  = regexp.MustCompile(`(?i)^(example\.(com|net|org)|.*\.(example|invalid|test|local|localhost|png|jpg|js|css|service|slice|socket))$`)
	cardDigits = regexp.MustCompile(`(?:^|[^0-9A-Za-z.+-])([2-6](?:[ -]?[0-9]){12,18})(?:$|[^0-9A-Za-z.-]|[.-](?:$|[^0-9]))`)
	iban       = regexp.MustCompile(`\b([A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?)\b`)
)

// personal finds personal data in a line: the rule's word, and whether it is certain.
func personal(text string) map[string]bool {
	found := map[string]bool{}
	for _, m := range mail.FindAllStringSubmatch(text, -1) {
		if !noMailbox.MatchString(m[1]) {
			found["mail-address"] = false
		}
	}
	for rest := text; ; {
		m := cardDigits.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		if isCard(rest[m[2]:m[3]]) {
			found["card-number"] = true
		}
		rest = rest[m[3]:]
	}
	for _, m := range iban.FindAllStringSubmatch(text, -1) {
		if isIBAN(m[1]) {
			found["iban"] = true
		}
	}
	return found
}

// cardLengths are the digits of a card number by what it begins with (ISO/IEC 7812 ranges of
// the large schemes).
var cardLengths = []struct {
	begins  *regexp.Regexp
	lengths []int
}{
	{regexp.MustCompile(`^4`), []int{13, 16, 19}},
	{regexp.MustCompile(`^(5[1-5]|2[2-7])`), []int{16}},
	{regexp.MustCompile(`^3[47]`), []int{15}},
	{regexp.MustCompile(`^3(0[0-5]|[68])`), []int{14}},
	{regexp.MustCompile(`^(6011|64[4-9]|65)`), []int{16, 19}},
	{regexp.MustCompile(`^35(2[89]|[3-8])`), []int{16}},
	{regexp.MustCompile(`^62`), []int{16, 17, 18, 19}},
}

// isCard reports whether digits, with blanks or hyphens between them, are a card number:
// a known beginning and length, a right check digit (Luhn, ISO/IEC 7812-1), and not one
// digit repeated.
func isCard(text string) bool {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(text)
	if strings.Trim(digits, digits[:1]) == "" {
		return false
	}
	for _, scheme := range cardLengths {
		if !scheme.begins.MatchString(digits) {
			continue
		}
		for _, n := range scheme.lengths {
			if len(digits) == n {
				return luhn(digits)
			}
		}
	}
	return false
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// ibanLengths are the lengths of ISO 13616 by country, of the larger ones.
var ibanLengths = map[string]int{"AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27,
	"MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29}

// isIBAN checks country, length and check digits (ISO 7064 MOD 97-10). A blank may have let
// the next word in: shorter readings are tried by the country's length.
func isIBAN(text string) bool {
	s := strings.ReplaceAll(text, " ", "")
	n := ibanLengths[s[:2]]
	if n == 0 || len(s) < n || len(s) > n && !strings.Contains(text, " ") {
		return false
	}
	s = s[:n]
	var number strings.Builder
	for _, c := range s[4:] + s[:4] {
		if c >= 'A' {
			number.WriteString(big.NewInt(int64(c-'A') + 10).String())
			continue
		}
		number.WriteRune(c)
	}
	v, ok := new(big.Int).SetString(number.String(), 10)
	return ok && new(big.Int).Mod(v, big.NewInt(97)).Int64() == 1
}
