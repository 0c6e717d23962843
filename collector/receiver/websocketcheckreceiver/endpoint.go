package websocketcheckreceiver

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
)

// parseEndpoint reads the URL of a WebSocket endpoint (RFC 6455 section 3) and names its scheme `ws` or `wss`.
// Its errors hold no part of the URL, which may carry credentials.
func parseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		var urlErr *url.Error
		if errors.As(err, &urlErr) {
			err = urlErr.Err
		}
		return nil, err
	}
	switch strings.ToLower(u.Scheme) {
	case "ws", "http":
		u.Scheme = "ws"
	case "wss", "https":
		u.Scheme = "wss"
	default:
		return nil, errors.New("its scheme is not one of ws, wss, http, https")
	}
	if u.Hostname() == "" {
		return nil, errors.New("it has no host")
	}
	if u.Fragment != "" {
		return nil, errors.New("it has a fragment, which a WebSocket URL cannot have")
	}
	if port := u.Port(); port != "" {
		if number, err := strconv.Atoi(port); err != nil || number < 1 || number > 65535 {
			return nil, errors.New("its port is not a number from 1 to 65535")
		}
	}
	return u, nil
}

// endpointPort is the port of a URL that parseEndpoint returned, by default that of its scheme.
func endpointPort(u *url.URL) int64 {
	port := u.Port()
	if port == "" {
		port = defaultPort(u.Scheme)
	}
	number, _ := strconv.ParseInt(port, 10, 32)
	return number
}

// endpointName is the host, the port unless it is that of the scheme, and the path of a URL: what a check without a
// name is called. It is cut to the length that names may have.
func endpointName(u *url.URL) string {
	name := strings.TrimSuffix(strings.ToLower(u.Host), ":"+defaultPort(u.Scheme))
	if path := u.EscapedPath(); path != "/" {
		name += path
	}
	return strings.ToValidUTF8(name[:min(len(name), maxNameLength)], "")
}

func defaultPort(scheme string) string {
	if scheme == "wss" {
		return "443"
	}
	return "80"
}
