// Package check runs one synthetic check of a WebSocket endpoint (RFC 6455): it connects, makes a round trip, closes
// the connection, and says how long each phase took and what went wrong.
package check

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"time"

	"github.com/coder/websocket"
)

const (
	// answerTimeout is how long a pong or an expected close may take, if the run has that much time left.
	answerTimeout = 5 * time.Second

	// closeTimeout is how long the closing handshake may take (RFC 6455 section 7.1.1), beyond the run's timeout.
	closeTimeout = 2 * time.Second
)

// Options say what to check.
type Options struct {
	// URL is that of the endpoint, with the scheme ws or wss.
	URL *url.URL

	// Header has fields for the upgrade request. They and Authenticate are kept from other origins that redirects
	// lead to.
	Header http.Header

	// Authenticate wraps what sends the upgrade request, so that it can add credentials. Nil for none.
	Authenticate func(http.RoundTripper) (http.RoundTripper, error)

	// UserAgent and Origin are fields of the upgrade request that every origin may see. No Origin is sent if empty.
	UserAgent string
	Origin    string

	// Subprotocols are offered in this order.
	Subprotocols []string

	// PermessageDeflate offers to compress messages (RFC 7692).
	PermessageDeflate bool

	// Network is tcp, tcp4 or tcp6.
	Network string

	// Proxy tells which proxy opens a tunnel for a request with the scheme http or https; a nil URL means none.
	Proxy func(*http.Request) (*url.URL, error)

	// TLS is how to verify the server. Nil for the defaults.
	TLS *tls.Config

	// Timeout is for everything but the closing handshake, which has two seconds of its own.
	Timeout time.Duration

	// Ping waits for the pong to one ping when neither Exchange nor ExpectClose is set.
	Ping bool

	// Exchange is a round trip of messages. Nil for none.
	Exchange *Exchange

	// ExpectStatus is the status that the upgrade is expected to be refused with. Zero for none.
	ExpectStatus int

	// ExpectClose is the code that the server is expected to close the connection with. Zero for none.
	ExpectClose int

	// MaxRoundTrip makes a run with a slower round trip Degraded. Zero for no limit.
	MaxRoundTrip time.Duration

	// MinCertificateLife makes a run Degraded whose certificate expires sooner. Zero for no limit.
	MinCertificateLife time.Duration

	// MaxMessageSize is how many bytes a message may have once decompressed.
	MaxMessageSize int64

	// MaxRedirects is how many redirects are followed.
	MaxRedirects int
}

// Exchange is a round trip of messages.
type Exchange struct {
	// Send begins the round trip. Nil where the server speaks first.
	Send *Message

	// Matches recognizes the answer. Messages that come before it are passed over.
	Matches func(Message) bool

	// Timeout is how long the answer may take, if the run has that much time left.
	Timeout time.Duration
}

// Message is a message of RFC 6455 section 5.6.
type Message struct {
	Binary  bool
	Payload []byte
}

// Checker checks one endpoint. Its runs share nothing, so that each measures a connection of its own.
type Checker struct {
	options Options
	dial    websocket.DialOptions
}

// New prepares a check. It fails only if Authenticate does.
func New(options Options) (*Checker, error) {
	plain := http.RoundTripper(&upgrader{dialer: newDialer(&options)})
	authenticated := plain
	if options.Authenticate != nil {
		var err error
		if authenticated, err = options.Authenticate(plain); err != nil {
			return nil, err
		}
	}
	checker := &Checker{options: options}
	checker.dial = websocket.DialOptions{
		HTTPClient: &http.Client{
			Transport:     &originTransport{options: &checker.options, own: authenticated, foreign: plain},
			CheckRedirect: checkRedirect,
		},
		HTTPHeader:   http.Header{"User-Agent": {options.UserAgent}},
		Subprotocols: options.Subprotocols,
	}
	if options.Origin != "" {
		checker.dial.HTTPHeader.Set("Origin", options.Origin)
	}
	if options.PermessageDeflate {
		checker.dial.CompressionMode = websocket.CompressionContextTakeover
	}
	return checker, nil
}

// Run checks the endpoint once. It returns within Timeout and the two seconds of the closing handshake, and at once
// when ctx is done.
func (c *Checker) Run(ctx context.Context) Result {
	r := &run{options: &c.options, result: Result{Outcome: Up}}
	return r.finish(r.do(ctx, c.dial))
}
