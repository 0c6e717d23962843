// Package checktest has servers for tests: some that do what RFC 6455 says, and parts for those that do not.
package checktest

import (
	"bufio"
	"crypto/sha1" // RFC 6455 section 4.2.2 asks for it.
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
)

// Serve listens on a free port of the IPv4 loopback and runs handle for each connection. It returns the address.
// At the end of the test it closes all connections and waits for their handlers.
func Serve(t testing.TB, handle func(net.Conn)) string {
	t.Helper()
	return ServeOn(t, "127.0.0.1:0", handle)
}

// ServeOn is Serve for an address of the test's choice.
func ServeOn(t testing.TB, address string, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var handlers sync.WaitGroup
	conns := map[net.Conn]bool{}
	handlers.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			handlers.Go(func() {
				handle(conn)
				conn.Close()
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		mu.Lock()
		for conn := range conns {
			conn.Close()
		}
		mu.Unlock()
		handlers.Wait()
	})
	return listener.Addr().String()
}

// Respond answers each request with a response that is given in full.
func Respond(t testing.TB, response string) string {
	return Serve(t, func(conn net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
			_, _ = conn.Write([]byte(response))
			Wait(conn)
		}
	})
}

// Wait reads until the peer closes the connection.
func Wait(conn net.Conn) {
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// Reset ends a connection with a TCP reset.
func Reset(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
}

// Accept is the Sec-WebSocket-Accept for the key of a request (RFC 6455 section 4.2.2).
func Accept(req *http.Request) string {
	digest := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(digest[:])
}

// Upgrade accepts the upgrade that comes first on a connection, with more header lines if any are given.
func Upgrade(conn net.Conn, lines ...string) *bufio.Reader {
	reader := bufio.NewReader(conn)
	req, err := http.ReadRequest(reader)
	if err != nil {
		return reader
	}
	lines = append([]string{
		"HTTP/1.1 101 Switching Protocols",
		"Upgrade: websocket",
		"Connection: Upgrade",
		"Sec-WebSocket-Accept: " + Accept(req),
	}, lines...)
	fmt.Fprintf(conn, "%s\r\n\r\n", strings.Join(lines, "\r\n"))
	return reader
}

// Upgraded serves connections that have been upgraded.
func Upgraded(t testing.TB, handle func(conn net.Conn, reader *bufio.Reader)) string {
	return Serve(t, func(conn net.Conn) { handle(conn, Upgrade(conn)) })
}

// Echo is a handler that sends each message back and takes part in the closing handshake.
func Echo(w http.ResponseWriter, req *http.Request) {
	options := &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		Subprotocols:       []string{"chat.v2", "chat.v1"},
		CompressionMode:    websocket.CompressionContextTakeover,
	}
	conn, err := websocket.Accept(w, req, options)
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		kind, message, err := conn.Read(req.Context())
		if err != nil {
			return
		}
		if err := conn.Write(req.Context(), kind, message); err != nil {
			return
		}
	}
}

// HTTP serves a handler, and returns the server's address.
func HTTP(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
