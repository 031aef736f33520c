package checks

// Target is the system under review, as target.toml declares it (see `gonogo help target`).
// What is not declared makes the items that need it pending.
type Target struct {
	Name        string   `toml:"name"`
	Version     string   `toml:"version"`
	Environment string   `toml:"environment"` // production, staging, test or demo
	Subtitle    string   `toml:"subtitle"`    // printed under the report's title
	BaseURL     string   `toml:"base_url"`
	APIPrefix   string   `toml:"api_prefix"`
	Repository  string   `toml:"repository"` // relative to the target file
	EnvFiles    []string `toml:"env_files"`
	Level       string   `toml:"level"` // A, B or C; wins over SLO
	SLO         float64  `toml:"slo"`   // percent: < 99 is C, < 99.9 is B, else A
	Contact     string   `toml:"contact"`

	Scope         Scope              `toml:"scope"`
	Paths         Paths              `toml:"paths"`
	Roles         map[string]Strings `toml:"roles"` // what a profile's "@role.NAME" stands for here
	Env           EnvNames           `toml:"env"`
	Auth          Auth               `toml:"auth"`
	Services      map[string]Service `toml:"services"`
	Build         Build              `toml:"build"`
	Results       Results            `toml:"results"`
	Commands      map[string]Command `toml:"commands"`
	Backup        Backup             `toml:"backup"`
	Logs          Logs               `toml:"logs"`
	TLS           TLS                `toml:"tls"`
	Headers       map[string]string  `toml:"headers"` // sent to base_url and [scope] hosts, never to services
	CORS          CORS               `toml:"cors"`
	Load          LoadPlan           `toml:"load"`
	Owners        map[string]string  `toml:"owners"`  // role → person or team, for conditions
	Seconds       map[string]int     `toml:"seconds"` // category → time budget in seconds
	NotApplicable map[string]string  `toml:"not_applicable"`

	// Path is the file this was read from and Dir its folder; Source its bytes.
	Path   string `toml:"-"`
	Dir    string `toml:"-"`
	Source []byte `toml:"-"`

	// Stored says that this is a session's copy, not a file that somebody named here. What
	// such a copy fills in and reads is this machine's, and who wrote it may be anybody.
	Stored bool `toml:"-"`
}

// Scope limits which hosts may be spoken to. base_url and [services] are in scope by
// themselves.
type Scope struct {
	Hosts        []string `toml:"hosts"`
	AuthorisedBy string   `toml:"authorised_by"` // needed for any host that is not loopback
	Proxy        string   `toml:"proxy"`
}

// Paths names the target's routes by what they are for.
type Paths struct {
	Health       Strings `toml:"health"`
	HealthDetail string  `toml:"health_detail"`
	Protected    Strings `toml:"protected"`
	Admin        Strings `toml:"admin"`
	Pages        Strings `toml:"pages"`
	Metrics      string  `toml:"metrics"`
	Docs         string  `toml:"docs"`
	Database     string  `toml:"database"` // a GET that uses the database
	Cheap        string  `toml:"cheap"`    // a GET that may be repeated often
	Whoami       string  `toml:"whoami"`
	Recovery     string  `toml:"recovery"`
	Sample       string  `toml:"sample"` // a GET below the API prefix, for header checks
}

// EnvNames lists environment variables by name, never values.
type EnvNames struct {
	Required   []string `toml:"required"`
	SecretKeys []string `toml:"secret_keys"`
}

// Auth holds two identities and how to log in. Tokens are holes (${env:NAME} or
// ${file:PATH}), never values.
type Auth struct {
	User  Identity `toml:"user"`
	Admin Identity `toml:"admin"`
	Login Login    `toml:"login"`
}

// Identity is one way of being known to the target.
type Identity struct {
	Token string `toml:"token"`
}

// Login describes the target's login request.
type Login struct {
	URL         string   `toml:"url"`
	Method      string   `toml:"method"`       // POST when empty
	ContentType string   `toml:"content_type"` // application/json when empty
	Body        string   `toml:"body"`         // with ${user} and ${password} holes
	TokenFrom   string   `toml:"token_from"`   // json:/access_token, cookie:NAME or header:NAME
	Pairs       []string `toml:"pairs"`        // user/password pairs tried as default credentials; may hold holes
	LogoutURL   string   `toml:"logout_url"`
}

// Service is something the target depends on.
type Service struct {
	Kind     string `toml:"kind"` // postgres, redis, tcp, http, prometheus, grafana, alertmanager
	URL      string `toml:"url"`
	Required bool   `toml:"required"`

	Pool      int    `toml:"pool"`      // connections that one instance of the target opens at most
	Instances int    `toml:"instances"` // instances of the target that open a pool each; 1 when 0
	Token     string `toml:"token"`     // a hole; for the interface of prometheus, grafana and alertmanager
}

// TLS names a private certificate authority.
type TLS struct {
	CAFile string `toml:"ca_file"`
}

// CORS lists the origins that may read the API.
type CORS struct {
	AllowedOrigins []string `toml:"allowed_origins"`
	Public         bool     `toml:"public"` // the sampled path is meant for any site
}

// LoadPlan says what load is put on the target.
type LoadPlan struct {
	Users   int          `toml:"users"`   // that it must serve; 50 when 0
	Seconds int          `toml:"seconds"` // of all load in a run; 180 when 0
	Path    Strings      `toml:"path"`    // the heaviest routes; those of the mix where only that is declared
	Mix     []MixRequest `toml:"mix"`     // what checks with mix = true send instead of one path
	Restart bool         `toml:"restart"` // somebody restarts the service when a check asks for it
}

// Strings is a list that TOML may also give as one string.
type Strings []string

// UnmarshalTOML accepts a string or a list of strings.
func (s *Strings) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		*s = Strings{v}
		return nil
	case []any:
		out := make(Strings, 0, len(v))
		for _, e := range v {
			t, ok := e.(string)
			if !ok {
				return errNotStrings
			}
			out = append(out, t)
		}
		*s = out
		return nil
	}
	return errNotStrings
}
