package check

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// responding is a server that answers each request with a response that is given in full.
func responding(response string) func(*testing.T) string {
	return func(t *testing.T) string { return "ws://" + checktest.Respond(t, response) }
}

// serving is a server that runs handle for each connection.
func serving(handle func(net.Conn)) func(*testing.T) string {
	return func(t *testing.T) string { return "ws://" + checktest.Serve(t, handle) }
}

// answering is a server that answers each request with a status.
func answering(status int) func(*testing.T) string {
	return responding(fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", status, http.StatusText(status)))
}

func TestUpgradeFailures(t *testing.T) {
	const accepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	runFailures(t, []failureCase{
		{
			name: "no response", url: serving(checktest.Wait), options: Options{Timeout: shortTimeout},
			phase: PhaseUpgrade, errorType: "upgrade_timeout",
		},
		{
			name:    "half a response",
			url:     responding("HTTP/1.1 101 Switching Protocols\r\nUpgrade: webso"),
			options: Options{Timeout: shortTimeout}, phase: PhaseUpgrade, errorType: "upgrade_timeout",
		},
		{
			name: "informational responses without an end",
			url: serving(func(conn net.Conn) {
				for {
					if _, err := conn.Write([]byte("HTTP/1.1 102 Processing\r\n\r\n")); err != nil {
						return
					}
				}
			}),
			phase: PhaseUpgrade, errorType: "invalid_response", says: `informational responses`,
		},
		{
			name:  "the key of another request answered",
			url:   responding(accepted + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"),
			phase: PhaseUpgrade, errorType: "invalid_accept",
		},
		{
			name: "the key not answered", url: responding(accepted + "\r\n"),
			phase: PhaseUpgrade, errorType: "invalid_accept",
		},
		{
			name: "an upgrade to something else",
			url: serving(func(conn net.Conn) {
				reader := bufio.NewReader(conn)
				req, err := http.ReadRequest(reader)
				if err == nil {
					fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n"+
						"Sec-WebSocket-Accept: %s\r\n\r\n", checktest.Accept(req))
				}
			}),
			phase: PhaseUpgrade, errorType: "invalid_response", says: `Upgrade header "h2c" does not contain websocket`,
		},
		{
			name: "a subprotocol that was not offered",
			url: serving(func(conn net.Conn) {
				checktest.Wait(upgradedWith(conn, "Sec-WebSocket-Protocol: other"))
			}),
			options: Options{Subprotocols: []string{"chat"}}, phase: PhaseUpgrade, errorType: "invalid_response", says: `unexpected Sec-WebSocket-Protocol from server: "other"`,
		},
		{
			name: "none of the subprotocols", url: serving(func(conn net.Conn) { checktest.Wait(upgradedWith(conn)) }),
			options: Options{Subprotocols: []string{"chat"}}, phase: PhaseUpgrade, errorType: "invalid_response", says: `none of the subprotocols`,
		},
		{
			name: "an extension that was not offered",
			url: serving(func(conn net.Conn) {
				checktest.Wait(upgradedWith(conn, "Sec-WebSocket-Extensions: permessage-deflate"))
			}),
			phase: PhaseUpgrade, errorType: "invalid_response", says: `unsupported extensions`,
		},
		{
			name:  "another protocol",
			url:   serving(func(conn net.Conn) { _, _ = conn.Write([]byte("SSH-2.0-OpenSSH_9.2\r\n")); checktest.Wait(conn) }),
			phase: PhaseUpgrade, errorType: "invalid_response", says: `malformed HTTP response "SSH-2.0`,
		},
		{
			name:  "a head without an end",
			url:   responding("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20)),
			phase: PhaseUpgrade, errorType: "invalid_response", says: `more than 1048576 bytes`,
		},
		{
			name: "no Connection field",
			url: serving(func(conn net.Conn) {
				if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"+
						"Sec-WebSocket-Accept: %s\r\n\r\n", checktest.Accept(req))
				}
			}),
			phase: PhaseUpgrade, errorType: "invalid_response", says: "Connection header",
		},
		{
			name: "the end of the transport in a response", url: serving(answerHalf),
			phase: PhaseUpgrade, errorType: "connection_lost",
		},
		{
			name: "a reset in a response",
			url: serving(func(conn net.Conn) {
				answerHalf(conn)
				checktest.ResetWhenRead(conn)
			}),
			phase: PhaseUpgrade, errorType: "ECONNRESET",
		},
		{name: "403", url: answering(403), phase: PhaseUpgrade, errorType: "403"},
		{name: "200", url: answering(200), phase: PhaseUpgrade, errorType: "200"},
		{name: "401", url: answering(401), phase: PhaseUpgrade, errorType: "401"},
		{name: "503", url: answering(503), phase: PhaseUpgrade, errorType: "503"},
		{name: "a status without a meaning", url: answering(942), phase: PhaseUpgrade, errorType: "invalid_response", says: `the status 942`},
		{
			name: "another refusal than the expected one", url: answering(503), options: Options{ExpectStatus: 401},
			phase: PhaseUpgrade, errorType: "503",
		},
		{
			name:    "no refusal although one is expected",
			url:     func(t *testing.T) string { return "ws://" + checktest.HTTP(t, checktest.Echo) },
			options: Options{ExpectStatus: 401}, phase: PhaseUpgrade, errorType: "unexpected_accept",
		},
		{
			name: "the end of the transport", url: serving(readRequest),
			phase: PhaseUpgrade, errorType: "connection_lost",
		},
		{
			name:  "a reset",
			url:   serving(func(conn net.Conn) { readRequest(conn); checktest.Reset(conn) }),
			phase: PhaseUpgrade, errorType: "ECONNRESET",
		},
	})
}

func readRequest(conn net.Conn) {
	_, _ = http.ReadRequest(bufio.NewReader(conn))
}

// answerHalf answers a request with a response that ends within a line.
func answerHalf(conn net.Conn) {
	readRequest(conn)
	_, _ = conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnec"))
}

func upgradedWith(conn net.Conn, lines ...string) net.Conn {
	checktest.Upgrade(conn, lines...)
	return conn
}

func TestExpectedRefusalIsUp(t *testing.T) {
	result := runCheck(t, Options{URL: mustParse(t, answering(401)(t)), ExpectStatus: 401, Ping: true})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.Equal(t, []Phase{PhaseConnect, PhaseUpgrade}, phasesOf(result))
}

func TestInformationalResponsesArePassedOver(t *testing.T) {
	address := checktest.Serve(t, func(conn net.Conn) {
		_, _ = conn.Write([]byte("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"))
		answerClose(conn, checktest.Upgrade(conn))
	})
	result := runCheck(t, Options{URL: mustParse(t, "ws://"+address)})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
}

func TestRequest(t *testing.T) {
	requests := make(chan *http.Request, 1)
	address := checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		requests <- req
		checktest.Echo(w, req)
	})
	result := runCheck(t, Options{
		URL:          mustParse(t, "ws://user:secret@"+address+"/room?token=1"),
		Header:       http.Header{"X-Tenant": {"a"}, "Host": {"chat.example.com"}},
		UserAgent:    "collector/1.2.3",
		Origin:       "https://app.example.com",
		Subprotocols: []string{"chat.v1", "chat.v0"},
		Authenticate: func(base http.RoundTripper) (http.RoundTripper, error) {
			return roundTripperFunc(func(req *http.Request) (*http.Response, error) {
				req = req.Clone(req.Context())
				req.Header.Set("X-Signature", "signed "+req.Header.Get("X-Tenant"))
				return base.RoundTrip(req)
			}), nil
		},
	})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)

	req := <-requests
	assert.Equal(t, "/room?token=1", req.RequestURI)
	assert.Equal(t, "chat.example.com", req.Host)
	assert.Equal(t, "a", req.Header.Get("X-Tenant"))
	assert.Equal(t, "signed a", req.Header.Get("X-Signature"))
	assert.Equal(t, "collector/1.2.3", req.UserAgent())
	assert.Equal(t, "https://app.example.com", req.Header.Get("Origin"))
	assert.Equal(t, "chat.v1,chat.v0", req.Header.Get("Sec-WebSocket-Protocol"))
	user, password, _ := req.BasicAuth()
	assert.Equal(t, "user:secret", user+":"+password)
}

type roundTripperFunc func(*http.Request) (*http.Response, error)

func (f roundTripperFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
