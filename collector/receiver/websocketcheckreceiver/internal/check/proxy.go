package check

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/url"
)

// tunnel connects to an address through an HTTP proxy (RFC 9110 section 9.3.6), for wss and ws alike as RFC 6455
// section 4.1 asks for. The tunnel is part of the phase connect. The phase dns is about the name of the proxy, which
// resolves that of the host.
func (d *dialer) tunnel(ctx context.Context, r *run, proxy *url.URL, address string) (net.Conn, error) {
	proxyAddress, err := hostPort(proxy)
	if err != nil {
		return nil, newFailure(errorTypeProxyRefused, "the proxy cannot be used: %w", err)
	}
	conn, err := d.connect(ctx, r, proxyAddress)
	if err != nil {
		return nil, err
	}
	if proxy.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{
			ServerName: proxy.Hostname(),
			RootCAs:    d.tls.RootCAs,
			MinVersion: tls.VersionTLS12,
		})
	}
	defer interruptWhenDone(ctx, conn)()
	if err := requestTunnel(conn, proxy.User, address); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// requestTunnel asks a proxy for a tunnel to an address.
func requestTunnel(conn net.Conn, user *url.Userinfo, address string) error {
	req := &http.Request{
		Method: http.MethodConnect,
		URL:    &url.URL{Opaque: address},
		Host:   address,
		Header: http.Header{},
	}
	if user != nil {
		password, _ := user.Password()
		credentials := base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
		req.Header.Set("Proxy-Authorization", "Basic "+credentials)
	}
	if err := req.Write(conn); err != nil {
		return err
	}
	reader := bufio.NewReader(&io.LimitedReader{R: conn, N: maxResponseHead})
	resp, err := http.ReadResponse(reader, req)
	switch {
	case err != nil && isTimeout(err):
		return err
	case err != nil:
		return newFailure(errorTypeProxyRefused, "the proxy did not answer: %w", err)
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return newFailure(errorTypeProxyRefused, "the proxy answered with the status %d", resp.StatusCode)
	case reader.Buffered() > 0:
		return newFailure(errorTypeProxyRefused, "the proxy sent data that nobody asked for")
	}
	return nil
}
