package checktest

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

// HTTPS serves a handler with a certificate, over HTTP/2 with clients that ask for it, and returns its address.
func HTTPS(t testing.TB, certificate tls.Certificate, handler http.HandlerFunc) string {
	t.Helper()
	return HTTPSWith(t, &tls.Config{Certificates: []tls.Certificate{certificate}}, handler)
}

// HTTPSWith is HTTPS with more to say about TLS.
func HTTPSWith(t testing.TB, config *tls.Config, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.EnableHTTP2 = true
	server.TLS = config.Clone()
	server.TLS.NextProtos = []string{"h2", "http/1.1"}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// Proxy opens tunnels (RFC 9110 section 9.3.6) to wherever it is asked to. Requests that authorize refuses are
// answered with the status 407.
func Proxy(t testing.TB, authorize func(*http.Request) bool) string {
	t.Helper()
	return HTTP(t, ProxyHandler(authorize))
}

// ProxyHandler is what Proxy serves.
func ProxyHandler(authorize func(*http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodConnect || !authorize(req) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		server, err := net.Dial("tcp", req.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer server.Close()
		client, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		_, _ = client.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		relay(client, server)
	}
}

// relay copies both ways until one of them ends.
func relay(client, server net.Conn) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, client)
		server.Close()
	}()
	_, _ = io.Copy(client, server)
	client.Close()
	<-done
}
