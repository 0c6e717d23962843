package check

import (
	"context"
	"crypto/sha1" // RFC 6455 section 4.2.2 asks for it.
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/coder/websocket"
)

// acceptGUID is what a server appends to the key (RFC 6455 section 1.3).
const acceptGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// open connects and upgrades. It returns no connection and no error when the upgrade was refused as expected.
func (r *run) open(ctx context.Context, dial *websocket.DialOptions) (*websocket.Conn, error) {
	ws, resp, err := websocket.Dial(ctx, r.options.URL.String(), dial)
	switch {
	case resp == nil:
		return nil, err
	case err != nil && resp.StatusCode == http.StatusSwitchingProtocols:
		return nil, invalidUpgrade(resp, err)
	case err != nil && resp.StatusCode == r.options.ExpectStatus:
		r.measure(r.upgradeTime)
		return nil, nil
	case err != nil:
		return nil, r.refused(resp.StatusCode)
	case r.options.ExpectStatus != 0:
		ws.CloseNow()
		return nil, newFailure(errorTypeUnexpectedAccept, "the upgrade was accepted")
	case len(r.options.Subprotocols) > 0 && ws.Subprotocol() == "":
		ws.CloseNow()
		return nil, newFailure(errorTypeInvalidResponse, "the server chose none of the subprotocols")
	}
	r.body.accepted = true
	r.measure(r.upgradeTime)
	return ws, nil
}

// refused is why a response has not the status 101.
func (r *run) refused(status int) *failure {
	switch {
	case r.redirected:
		return newFailure(errorTypeTooManyRedirects, "more than %d redirects", r.options.MaxRedirects)
	case status > 599:
		return newFailure(errorTypeInvalidResponse, "the status %d has no meaning", status)
	}
	return newFailure(strconv.Itoa(status), "the upgrade was refused with the status %d", status)
}

// invalidUpgrade is why a response with the status 101 does not complete the handshake (RFC 6455 section 4.1).
func invalidUpgrade(resp *http.Response, err error) *failure {
	digest := sha1.Sum([]byte(resp.Request.Header.Get("Sec-WebSocket-Key") + acceptGUID))
	if resp.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(digest[:]) {
		return newFailure(errorTypeInvalidAccept, "%w", err)
	}
	return newFailure(errorTypeInvalidResponse, "%w", err)
}

// checkRedirect follows as many redirects as the run may, and none that leaves TLS. What is not followed is the last
// response.
func checkRedirect(req *http.Request, via []*http.Request) error {
	r := runOf(req.Context())
	if req.Response.StatusCode == r.options.ExpectStatus {
		return http.ErrUseLastResponse
	}
	if len(via) > r.options.MaxRedirects {
		r.redirected = true
		return http.ErrUseLastResponse
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return newFailure(errorTypeInvalidResponse, "a redirect leads to the scheme %q", req.URL.Scheme)
	}
	if via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme == "http" {
		return http.ErrUseLastResponse
	}
	r.measure(r.upgradeTime)
	return nil
}
