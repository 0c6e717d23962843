package websocketcheckreceiver

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/confmap"
)

const (
	networkAny  = "any"
	networkIPv4 = "ipv4"
	networkIPv6 = "ipv6"

	defaultTimeout        = 10 * time.Second
	defaultMaxMessageSize = 1 << 20
	largestMaxMessageSize = 1 << 28
	largestMaxRedirects   = 20
)

// TargetConfig is an endpoint and what is expected of it.
type TargetConfig struct {
	// ClientConfig says how to reach the endpoint: endpoint, headers, tls, auth, proxy_url and, for everything but
	// the closing handshake, timeout (default: 10s).
	confighttp.ClientConfig `mapstructure:",squash"`

	// Name names the check in its telemetry, in at most 128 bytes. Default: host, port and path of the endpoint.
	Name string `mapstructure:"name"`

	// Subprotocols are offered to the server in this order (RFC 6455 section 1.9).
	Subprotocols []string `mapstructure:"subprotocols"`

	// Origin is the Origin header field of the upgrade request (RFC 6455 section 10.2).
	Origin string `mapstructure:"origin"`

	// PermessageDeflate offers to compress messages (RFC 7692). Default: true.
	PermessageDeflate bool `mapstructure:"permessage_deflate"`

	// Ping waits for the pong to one ping when neither a message nor a close is expected. Default: true.
	Ping bool `mapstructure:"ping"`

	// Message is a round trip to make instead of the ping.
	Message *MessageConfig `mapstructure:"message"`

	// ExpectStatus is the status that the upgrade is expected to be refused with. Default: 0, for none.
	ExpectStatus int `mapstructure:"expect_status"`

	// ExpectClose is the code that the server is expected to close the connection with. Default: 0, for none.
	ExpectClose int `mapstructure:"expect_close"`

	// MaxRoundTrip makes runs with a slower round trip `degraded`. Default: 0, for no limit.
	MaxRoundTrip time.Duration `mapstructure:"max_round_trip"`

	// CertificateExpiry makes runs `degraded` whose certificate expires sooner. Default: 0, for no limit.
	CertificateExpiry time.Duration `mapstructure:"certificate_expiry"`

	// MaxMessageSize is how many bytes a message may have once decompressed, up to 256 MiB. Default: 1 MiB.
	MaxMessageSize int64 `mapstructure:"max_message_size"`

	// Network is the family of addresses: any, ipv4 or ipv6. Default: any, whichever connects first.
	Network string `mapstructure:"network"`

	// MaxRedirects is how many redirects are followed, 0 to 20. Default: 0, as browsers do.
	MaxRedirects int `mapstructure:"max_redirects"`
}

var _ confmap.Unmarshaler = (*TargetConfig)(nil)

// Unmarshal implements confmap.Unmarshaler; the elements of a list have no other place for their defaults.
func (t *TargetConfig) Unmarshal(conf *confmap.Conf) error {
	t.ClientConfig = confighttp.NewDefaultClientConfig()
	t.ForceAttemptHTTP2 = false
	t.Timeout = defaultTimeout
	t.PermessageDeflate = true
	t.Ping = true
	t.MaxMessageSize = defaultMaxMessageSize
	t.Network = networkAny
	return conf.Unmarshal(t)
}

// Validate finds what is wrong with a target. Its errors hold no part of the endpoint, which may carry credentials.
func (t *TargetConfig) Validate() error {
	return errors.Join(
		t.validateEndpoint(),
		t.validateName(),
		t.validateHTTP(),
		t.validateHandshake(),
		t.validateExpectations(),
		t.validateLimits(),
	)
}

// checkName is the name of the check in its telemetry.
func (t *TargetConfig) checkName() string {
	if t.Name != "" {
		return t.Name
	}
	u, err := parseEndpoint(t.Endpoint)
	if err != nil {
		return ""
	}
	return endpointName(u)
}

func (t *TargetConfig) validateEndpoint() error {
	const expected = "endpoint: expected a URL such as wss://example.com/chat, "
	if t.Endpoint == "" {
		return errors.New(expected + "got none; set it to the URL to check")
	}
	u, err := parseEndpoint(t.Endpoint)
	if err != nil {
		return fmt.Errorf(expected+"got another value: %w; correct it", err)
	}
	if t.CertificateExpiry > 0 && u.Scheme != "wss" {
		return errors.New("certificate_expiry: expected an endpoint with a certificate, got a ws URL; " +
			"use wss or leave certificate_expiry out")
	}
	address, err := netip.ParseAddr(u.Hostname())
	if err == nil && ((t.Network == networkIPv4 && !address.Is4()) || (t.Network == networkIPv6 && address.Is4())) {
		return fmt.Errorf("network: expected the family of the endpoint's address, got %q; leave network out", t.Network)
	}
	return nil
}

func (t *TargetConfig) validateName() error {
	if u, err := url.Parse(t.Name); err == nil && u.User != nil {
		return errors.New("name: expected a name without credentials, got a URL with user information; " +
			"leave name out for the host and the path of the endpoint")
	}
	if len(t.Name) > maxNameLength {
		return fmt.Errorf("name: expected at most %d bytes, got %d; shorten it", maxNameLength, len(t.Name))
	}
	return nil
}

// validateHTTP refuses what confighttp offers and a single HTTP/1.1 exchange has no use for.
func (t *TargetConfig) validateHTTP() error {
	var errs []error
	if t.Compression.IsCompressed() {
		errs = append(errs, fmt.Errorf("compression: expected nothing, got %q, which compresses request bodies and an "+
			"upgrade has none; set permessage_deflate to compress messages", t.Compression))
	}
	if t.ForceAttemptHTTP2 || t.HTTP2ReadIdleTimeout != 0 || t.HTTP2PingTimeout != 0 {
		errs = append(errs, errors.New("force_attempt_http2, http2_read_idle_timeout, http2_ping_timeout: expected "+
			"nothing, got a setting of HTTP/2, while the upgrade is one of HTTP/1.1; leave them out"))
	}
	if t.Cookies.HasValue() {
		errs = append(errs, errors.New("cookies: expected nothing, got a cookie jar, which runs would share; "+
			"set a Cookie in headers"))
	}
	if t.ProxyURL != "" {
		u, err := url.Parse(t.ProxyURL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
			errs = append(errs, errors.New("proxy_url: expected a URL such as http://proxy.example.com:3128, "+
				"got another value; only http and https proxies open a tunnel"))
		}
	}
	if t.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: expected a positive duration, got %v; leave it out for %v",
			t.Timeout, defaultTimeout))
	}
	return errors.Join(errs...)
}

func (t *TargetConfig) validateHandshake() error {
	var errs []error
	for name := range t.Headers.Iter {
		key := http.CanonicalHeaderKey(name)
		if key == "Connection" || key == "Upgrade" || strings.HasPrefix(key, "Sec-Websocket-") {
			errs = append(errs, fmt.Errorf("headers: expected fields that the handshake leaves to you, got %q; "+
				"remove it, and use subprotocols and permessage_deflate for what is negotiated", name))
		}
		if !isToken(name) {
			errs = append(errs, fmt.Errorf("headers: expected names that are tokens (RFC 9110 section 5.6.2), got %q; "+
				"correct it", name))
		}
	}
	offered := map[string]bool{}
	for i, subprotocol := range t.Subprotocols {
		if !isToken(subprotocol) || offered[subprotocol] {
			errs = append(errs, fmt.Errorf("subprotocols::%d: expected a token (RFC 9110 section 5.6.2) that is offered "+
				"once, got %q; correct or remove it", i, subprotocol))
		}
		offered[subprotocol] = true
	}
	if t.Network != networkAny && t.Network != networkIPv4 && t.Network != networkIPv6 {
		errs = append(errs, fmt.Errorf("network: expected any, ipv4 or ipv6, got %q; leave it out for any", t.Network))
	}
	if t.MaxRedirects < 0 || t.MaxRedirects > largestMaxRedirects {
		errs = append(errs, fmt.Errorf("max_redirects: expected 0 to %d, got %d; leave it out to follow none",
			largestMaxRedirects, t.MaxRedirects))
	}
	return errors.Join(errs...)
}

func (t *TargetConfig) validateExpectations() error {
	var errs []error
	refusal := t.ExpectStatus != 0
	if refusal && (t.ExpectStatus < 200 || t.ExpectStatus > 599) {
		errs = append(errs, fmt.Errorf("expect_status: expected the status of a refusal, 200 to 599, got %d; "+
			"leave it out when the upgrade is to be accepted", t.ExpectStatus))
	}
	if refusal && (t.Message != nil || t.ExpectClose != 0) {
		errs = append(errs, errors.New("expect_status: expected no message and no expect_close beside it, got one, "+
			"while a refused upgrade has no connection; remove one of them"))
	}
	if t.ExpectClose != 0 && !isReceivableCloseCode(t.ExpectClose) {
		errs = append(errs, fmt.Errorf("expect_close: expected a code that a server can send, such as 1000, or 1005 for "+
			"a close frame without one, got %d; see RFC 6455 section 7.4", t.ExpectClose))
	}
	return errors.Join(errs...)
}

func (t *TargetConfig) validateLimits() error {
	var errs []error
	if t.MaxRoundTrip < 0 {
		errs = append(errs, fmt.Errorf("max_round_trip: expected a positive duration, got %v; leave it out for no limit",
			t.MaxRoundTrip))
	}
	pings := t.Ping && t.ExpectClose == 0
	if t.MaxRoundTrip > 0 && (t.ExpectStatus != 0 || t.Message == nil && !pings) {
		errs = append(errs, errors.New("max_round_trip: expected a round trip to measure, got a check without one; "+
			"add a message or a ping, or leave max_round_trip out"))
	}
	if t.CertificateExpiry < 0 {
		errs = append(errs, fmt.Errorf("certificate_expiry: expected a positive duration, got %v; "+
			"leave it out for no limit", t.CertificateExpiry))
	}
	if t.MaxMessageSize < 1 || t.MaxMessageSize > largestMaxMessageSize {
		errs = append(errs, fmt.Errorf("max_message_size: expected 1 to %d bytes, got %d; leave it out for %d",
			largestMaxMessageSize, t.MaxMessageSize, defaultMaxMessageSize))
	}
	return errors.Join(errs...)
}

// isToken reports whether s is a token of HTTP (RFC 9110 section 5.6.2), as subprotocols are.
func isToken(s string) bool {
	const symbols = "!#$%&'*+-.^_`|~"
	for _, c := range s {
		alphanumeric := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !alphanumeric && !strings.ContainsRune(symbols, c) {
			return false
		}
	}
	return s != ""
}

// isReceivableCloseCode reports whether a close frame can give a code, counting 1005 for a frame that has none
// (RFC 6455 section 7.4).
func isReceivableCloseCode(code int) bool {
	switch code {
	case 1004, 1006, 1015:
		return false
	}
	return 1000 <= code && code <= 1014 || 3000 <= code && code <= 4999
}
