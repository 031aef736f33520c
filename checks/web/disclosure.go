package web

import (
	"regexp"
	"sort"
	"strings"

	"assess/gonogo/checks"
)

var headerDisclosure = headerKind(checks.Kind{
	ID: "security.headers.disclosure", Title: "Version banners", Severity: checks.Low,
	Rule: "PASS: Server names no version and no other header names a product. WARN: a product without a version in a header made for it (strict: also in Server). " +
		"FAIL: a product with its version.",
	Fix:  "nginx server_tokens off, Apache ServerTokens Prod, uvicorn --no-server-header, Express app.disable('x-powered-by').",
	Refs: []string{"CWE-200", "CWE-497", "ASVS 13.4.6"},
}, judgeDisclosure)

// bannerHeaders name the software behind an answer (OWASP Secure Headers Project, headers to
// remove).
var bannerHeaders = []string{"X-Powered-By", "X-AspNet-Version", "X-AspNetMvc-Version", "X-Generator", "X-Powered-CMS",
	"X-Php-Version", "X-Mod-Pagespeed", "X-Page-Speed", "X-Litespeed-Version", "Liferay-Portal", "X-Umbraco-Version",
	"X-OWA-Version", "MicrosoftSharePointTeamServices", "X-Jitsi-Release"}

// versioned matches a product followed by a version: nginx/1.25, PHP/8, Express 4.18.
var versioned = regexp.MustCompile(`[A-Za-z][A-Za-z._-]*[/ v-]+\d+(\.\d+)*|^\d+\.\d+`)

func judgeDisclosure(s sample) opinion {
	var named []string
	for _, page := range []*seen{s.Doc, s.API} {
		if page == nil {
			continue
		}
		server := fieldValue(page.Header, "Server")
		if versioned.MatchString(server) {
			return fail("Server tells its version: " + quoteShort(server))
		}
		if server != "" && s.Rules == "strict" {
			named = append(named, "Server: "+server)
		}
		for _, name := range bannerHeaders {
			value := fieldValue(page.Header, name)
			if strings.ContainsAny(value, "0123456789") {
				return fail(name + " tells a version: " + quoteShort(value))
			}
			if value != "" && !strings.EqualFold(value, "hidden") {
				named = append(named, name+": "+value)
			}
		}
	}
	if len(named) > 0 {
		sort.Strings(named)
		return warn("the software is named: " + quoteShort(named[0]))
	}
	return pass("no header tells a product version")
}
