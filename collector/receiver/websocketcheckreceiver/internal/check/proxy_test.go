package check

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

func through(t *testing.T, proxy string) func(*http.Request) (*url.URL, error) {
	return http.ProxyURL(mustParse(t, proxy))
}

func TestTunnel(t *testing.T) {
	authority := checktest.NewAuthority(t)
	trusted := &tls.Config{RootCAs: authority.Pool()}
	plain := "ws://" + checktest.HTTP(t, checktest.Echo)
	secure := "wss://" + checktest.HTTPS(t, authority.Valid(t, day), checktest.Echo)
	everybody := func(*http.Request) bool { return true }

	proxy := "http://" + checktest.Proxy(t, everybody)
	authenticating := "http://user:secret@" + checktest.Proxy(t, func(req *http.Request) bool {
		return req.Header.Get("Proxy-Authorization") == "Basic dXNlcjpzZWNyZXQ="
	})
	secureProxy := httptest.NewUnstartedServer(checktest.ProxyHandler(everybody))
	secureProxy.TLS = &tls.Config{Certificates: []tls.Certificate{authority.Valid(t, day)}}
	secureProxy.StartTLS()
	t.Cleanup(secureProxy.Close)

	for name, tt := range map[string]struct {
		url, proxy string
		phases     []Phase
	}{
		"for ws":              {plain, proxy, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}},
		"for wss":             {secure, proxy, []Phase{PhaseConnect, PhaseTLS, PhaseUpgrade, PhaseMessage, PhaseClose}},
		"with credentials":    {plain, authenticating, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}},
		"of a proxy with TLS": {secure, secureProxy.URL, []Phase{PhaseConnect, PhaseTLS, PhaseUpgrade, PhaseMessage, PhaseClose}},
	} {
		t.Run(name, func(t *testing.T) {
			result := runCheck(t, Options{URL: mustParse(t, tt.url), Proxy: through(t, tt.proxy), TLS: trusted, Ping: true})
			assert.Equal(t, Up, result.Outcome, "%v", result.Err)
			assert.Equal(t, tt.phases, phasesOf(result))
		})
	}
}

func TestTunnelToANameThatOnlyTheProxyKnows(t *testing.T) {
	echo := checktest.HTTP(t, checktest.Echo)
	asked := make(chan string, 1)
	proxy := netip.MustParseAddrPort(checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		asked <- req.Host
		req.Host = echo
		checktest.ProxyHandler(func(*http.Request) bool { return true })(w, req)
	}))
	answerNames(t, netip.MustParseAddr("127.0.0.1"))
	result := runCheck(t, Options{
		URL:     mustParse(t, "ws://chat.internal/"),
		Proxy:   through(t, "http://proxy.example.com:"+portOf(proxy)),
		Network: "tcp4",
	})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.Equal(t, []Phase{PhaseDNS, PhaseConnect, PhaseUpgrade, PhaseClose}, phasesOf(result))
	assert.Equal(t, "chat.internal:80", <-asked)
}

func TestProxyFailures(t *testing.T) {
	somewhere := func(*testing.T) string { return "ws://192.0.2.1/" }
	refused := "http://" + checktest.Proxy(t, func(*http.Request) bool { return false })
	talkative := checktest.Serve(t, func(conn net.Conn) {
		readRequest(conn)
		_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\nhello"))
		checktest.Wait(conn)
	})
	gone := checktest.Serve(t, func(conn net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(conn)) })
	foreign := checktest.Serve(t, func(conn net.Conn) {
		_, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n"))
		checktest.Wait(conn)
	})
	runFailures(t, []failureCase{
		{
			name: "407", url: somewhere, options: Options{Proxy: through(t, refused)},
			phase: PhaseConnect, errorType: "proxy_refused",
		},
		{
			name: "another protocol", url: somewhere, options: Options{Proxy: through(t, "http://"+foreign)},
			phase: PhaseConnect, errorType: "proxy_refused",
		},
		{
			name: "more than an answer", url: somewhere, options: Options{Proxy: through(t, "http://"+talkative)},
			phase: PhaseConnect, errorType: "proxy_refused",
		},
		{
			name: "the end of the transport", url: somewhere, options: Options{Proxy: through(t, "http://"+gone)},
			phase: PhaseConnect, errorType: "proxy_refused",
		},
		{
			name: "a reset", url: somewhere,
			options: Options{Proxy: through(t, "http://"+checktest.Serve(t, func(conn net.Conn) {
				readRequest(conn)
				checktest.Reset(conn)
			}))},
			phase: PhaseConnect, errorType: "proxy_refused",
		},
		{
			name: "a proxy that is none of HTTP", url: somewhere, options: Options{Proxy: through(t, "socks5://127.0.0.1")},
			errorType: "proxy_refused",
		},
		{
			name: "nothing listens", url: somewhere, options: Options{Proxy: through(t, "http://"+freePort(t))},
			phase: PhaseConnect, errorType: "ECONNREFUSED",
		},
		{
			name: "no answer", url: somewhere,
			options: Options{Proxy: through(t, "http://"+checktest.Serve(t, checktest.Wait)), Timeout: shortTimeout},
			phase:   PhaseConnect, errorType: "connect_timeout",
		},
	})
}
