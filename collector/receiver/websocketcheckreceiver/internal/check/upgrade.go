package check

import (
	"bufio"
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

const (
	// maxResponseHead is how many bytes the head of a response may have.
	maxResponseHead = 1 << 20

	// maxInformational is how many informational responses (RFC 9110 section 15.2) may precede the final one.
	maxInformational = 5
)

// upgrader sends an upgrade request over a connection of its own. Nothing is pooled or retried, and nothing of it
// goes on when RoundTrip has returned, so that a run measures exactly what it did.
type upgrader struct {
	dialer *dialer
}

// RoundTrip implements http.RoundTripper. The body of a response is the connection if its status is 101, and
// otherwise empty.
func (u *upgrader) RoundTrip(req *http.Request) (*http.Response, error) {
	r := runOf(req.Context())
	conn, err := u.dialer.dial(req, r)
	if err != nil {
		return nil, err
	}
	defer interruptWhenDone(req.Context(), conn)()
	r.begin(PhaseUpgrade)
	resp, reader, err := upgrade(conn, req)
	if err != nil {
		conn.Close()
		return nil, err
	}
	r.upgradeTime = time.Since(r.start)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		conn.Close()
		resp.Body = http.NoBody
		return resp, nil
	}
	r.body = &upgradedBody{Conn: conn, reader: reader, frames: frameWatch{limit: r.options.MaxMessageSize}}
	resp.Body = r.body
	return resp, nil
}

// upgrade sends the request and reads the head of the response (RFC 6455 section 4.1). What follows it is left in the
// reader.
func upgrade(conn net.Conn, req *http.Request) (*http.Response, io.Reader, error) {
	if err := req.Write(conn); err != nil {
		return nil, nil, err
	}
	source := &endingReader{Reader: conn}
	limited := &io.LimitedReader{R: source, N: maxResponseHead}
	reader := bufio.NewReader(limited)
	for range maxInformational + 1 {
		resp, err := http.ReadResponse(reader, req)
		switch {
		case err != nil && limited.N <= 0:
			return nil, nil, newFailure(errorTypeInvalidResponse, "the response has more than %d bytes", maxResponseHead)
		case err != nil && source.err != nil:
			return nil, nil, source.err
		case err != nil:
			return nil, nil, err
		case resp.StatusCode == http.StatusSwitchingProtocols || resp.StatusCode >= 200:
			limited.N = math.MaxInt64
			return resp, reader, nil
		}
	}
	return nil, nil, newFailure(errorTypeInvalidResponse, "more than %d informational responses", maxInformational)
}

// endingReader keeps the error that ended it: that of a parser is about the half of a line that came before.
type endingReader struct {
	io.Reader
	err error
}

func (e *endingReader) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		e.err = err
	}
	return n, err
}

// upgradedBody is a connection of which some bytes may have been read with the response.
type upgradedBody struct {
	net.Conn
	reader io.Reader
	frames frameWatch

	// accepted is set when the response completes the handshake. Until then there is nothing to read, because the
	// library would wait three seconds for a page that explains a bad response.
	accepted bool
}

func (b *upgradedBody) Read(p []byte) (int, error) {
	if !b.accepted {
		return 0, io.EOF
	}
	n, err := b.reader.Read(p)
	good, broken := b.frames.pass(p[:n])
	if broken != nil {
		return good, broken
	}
	return n, err
}

// interruptWhenDone lets reads and writes fail as soon as ctx is done, until the function is called that it returns.
func interruptWhenDone(ctx context.Context, conn net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
}

// originTransport sends what is meant for the endpoint alone, headers and credentials, to its origin alone.
type originTransport struct {
	options *Options
	own     http.RoundTripper
	foreign http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *originTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if !t.isOwn(req) {
		return t.foreign.RoundTrip(req)
	}
	req = req.Clone(req.Context())
	for name, values := range t.options.Header {
		if http.CanonicalHeaderKey(name) == "Host" {
			req.Host = values[0]
			continue
		}
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	return t.own.RoundTrip(req)
}

// isOwn reports whether a request goes to the origin of the endpoint (RFC 6454 section 4).
func (t *originTransport) isOwn(req *http.Request) bool {
	secure := t.options.URL.Scheme == "wss"
	if secure != (req.URL.Scheme == "https") {
		return false
	}
	endpoint := *t.options.URL
	endpoint.Scheme = req.URL.Scheme
	own, err := hostPort(&endpoint)
	if err != nil {
		return false
	}
	address, err := hostPort(req.URL)
	return err == nil && address == own
}
