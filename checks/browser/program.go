package browser

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/chromedp/chromedp"
)

// programs are the names under which Chromium and its kin are installed.
var programs = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell"}

// Setting names the environment variable that says which browser to use: a program's name
// or path, or "none".
const Setting = "GONOGO_BROWSER"

var (
	errNoBrowser = errors.New("no browser found; install chromium, or name one in $" + Setting)
	errNotWanted = errors.New("no browser is used: $" + Setting + " is none")
)

// Find returns the path of the browser on this machine. The error says what to do.
func Find() (string, error) {
	switch named := strings.TrimSpace(os.Getenv(Setting)); named {
	case "":
	case "none":
		return "", errNotWanted
	default:
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("no browser found: $%s: %w", Setting, err)
		}
		return path, nil
	}
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNoBrowser
}

// switchesOff are features that talk to somebody by themselves, or ask for more than the
// page does.
var switchesOff = []string{
	"AutofillServerCommunication", "CertificateTransparencyComponentUpdater", "DialMediaRouteProvider",
	"HttpsFirstBalancedMode", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "InterestFeedContentSuggestions",
	"MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "Prerender2", "PrivacySandboxSettings4", "Translate",
}

// commandLine starts the browser for one run: alone with an empty profile in dir, the
// proxy as its only way out, no name resolution of its own, no port open.
func commandLine(path, dir, proxy, key string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path),
		chromedp.NoInheritEnv, // gonogo's environment may hold the target's secrets
		chromedp.Env(environment(dir)...),
		chromedp.ModifyCmdFunc(ownGroup),
		chromedp.UserDataDir(dir + "/profile"),
	}
	flags := map[string]string{
		"headless": "new", "window-size": "1440,900", "lang": "en",
		"proxy-server": "http://" + proxy,
		// Chromium would otherwise speak to loopback addresses directly.
		"proxy-bypass-list":   "<-loopback>",
		"host-resolver-rules": "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		// The proxy verifies the target's certificates; its own key is the only one that is
		// taken without an authority.
		"ignore-certificate-errors-spki-list": key,
		"force-webrtc-ip-handling-policy":     "disable_non_proxied_udp",
		"webrtc-ip-handling-policy":           "disable_non_proxied_udp",
		"disable-features":                    strings.Join(switchesOff, ","),
		"force-color-profile":                 "srgb", "password-store": "basic",
	}
	for _, name := range []string{
		"no-first-run", "no-default-browser-check", "no-pings", "no-service-autorun", "no-experiments",
		"disable-background-networking", "disable-component-update", "disable-component-extensions-with-background-pages",
		"disable-sync", "disable-quic", "disable-extensions", "disable-default-apps", "disable-domain-reliability",
		"disable-breakpad", "disable-crash-reporter", "disable-client-side-phishing-detection", "disable-hang-monitor",
		"disable-prompt-on-repost", "disable-search-engine-choice-screen", "disable-dev-shm-usage", "dns-prefetch-disable",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
		"deny-permission-prompts", "metrics-recording-only", "use-mock-keychain", "hide-scrollbars", "mute-audio",
		"enable-automation", "enable-unsafe-swiftshader",
	} {
		options = append(options, chromedp.Flag(name, true))
	}
	for name, value := range flags {
		options = append(options, chromedp.Flag(name, value))
	}
	return append(options, chromedp.Flag("no-sandbox", unsandboxed()))
}

// unsandboxed reports whether the browser has to run without its sandbox: Chromium refuses
// to be root within it.
func unsandboxed() bool { return os.Geteuid() == 0 }

// environment is all that the browser learns of gonogo's: where programs are, and that
// everything it keeps goes into dir.
func environment(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + dir, "TMPDIR=" + dir,
		"XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir}
}
