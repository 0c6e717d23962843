package check

import (
	"crypto/tls"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

func redirecting(t *testing.T, location string) string {
	return checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		http.Redirect(w, req, location, http.StatusFound)
	})
}

func TestRedirectFailures(t *testing.T) {
	authority := checktest.NewAuthority(t)
	loop := func(t *testing.T) string { return "ws://" + redirecting(t, "/") }
	runFailures(t, []failureCase{
		{name: "one, and none is followed", url: loop, phase: PhaseUpgrade, errorType: "too_many_redirects"},
		{name: "a loop", url: loop, options: Options{MaxRedirects: 3}, phase: PhaseUpgrade, errorType: "too_many_redirects"},
		{
			name: "to another scheme", url: func(t *testing.T) string { return "ws://" + redirecting(t, "ftp://example.com/") },
			options: Options{MaxRedirects: 3}, phase: PhaseUpgrade, errorType: "invalid_response", says: `the scheme "ftp"`,
		},
		{
			name: "to no URL", url: func(t *testing.T) string { return "ws://" + redirecting(t, "http://[") },
			options: Options{MaxRedirects: 3}, phase: PhaseUpgrade, errorType: "invalid_response", says: `failed to parse Location header`,
		},
		{
			name: "without a location", url: answering(302), options: Options{MaxRedirects: 3},
			phase: PhaseUpgrade, errorType: "302",
		},
		{
			name: "out of TLS",
			url: func(t *testing.T) string {
				leave := func(w http.ResponseWriter, req *http.Request) {
					http.Redirect(w, req, "ws://192.0.2.1/", http.StatusFound)
				}
				return "wss://" + checktest.HTTPS(t, authority.Valid(t, day), leave)
			},
			options: Options{MaxRedirects: 3, TLS: &tls.Config{RootCAs: authority.Pool()}},
			phase:   PhaseUpgrade, errorType: "302",
		},
	})
}

func TestRedirectsAreFollowed(t *testing.T) {
	end := checktest.HTTP(t, checktest.Echo)
	for _, scheme := range []string{"ws", "http"} {
		start := redirecting(t, scheme+"://"+end+"/chat")
		result := runCheck(t, Options{URL: mustParse(t, "ws://"+start), MaxRedirects: 1})
		assert.Equal(t, Up, result.Outcome, "%v", result.Err)
		assert.Equal(t, []Phase{PhaseConnect, PhaseUpgrade, PhaseConnect, PhaseUpgrade, PhaseClose}, phasesOf(result))
	}
}

func TestExpectedRedirectIsUp(t *testing.T) {
	result := runCheck(t, Options{URL: mustParse(t, "ws://"+redirecting(t, "/")), ExpectStatus: 302, MaxRedirects: 3})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.Equal(t, []Phase{PhaseConnect, PhaseUpgrade}, phasesOf(result))
}

func TestOtherOriginsGetNoSecrets(t *testing.T) {
	requests := make(chan *http.Request, 4)
	end := checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		requests <- req
		checktest.Echo(w, req)
	})
	start := checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		requests <- req
		if req.URL.Path == "/" {
			http.Redirect(w, req, "/chat", http.StatusTemporaryRedirect)
			return
		}
		http.Redirect(w, req, "ws://"+end, http.StatusTemporaryRedirect)
	})
	result := runCheck(t, Options{
		URL:          mustParse(t, "ws://user:secret@"+start+"/"),
		Header:       http.Header{"X-Api-Key": {"secret"}, "Host": {"chat.example.com"}},
		MaxRedirects: 2,
		Authenticate: func(base http.RoundTripper) (http.RoundTripper, error) {
			return roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				req = req.Clone(req.Context())
				req.Header.Set("X-Token", "secret")
				return base.RoundTrip(req)
			}), nil
		},
	})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)

	<-requests
	own, other := <-requests, <-requests
	assert.Equal(t, "/chat", own.URL.Path)
	assert.Equal(t, "secret", own.Header.Get("X-Api-Key"))
	assert.Equal(t, "secret", own.Header.Get("X-Token"))
	assert.Equal(t, "chat.example.com", own.Host)
	assert.Equal(t, end, other.Host)
	for name := range other.Header {
		assert.NotContains(t, other.Header.Get(name), "secret", name)
	}
	_, _, hasCredentials := other.BasicAuth()
	assert.False(t, hasCredentials)
}
