package check

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"golang.org/x/net/http/httpguts"
)

// dialer makes the connection of a run: the phases dns, connect and tls.
type dialer struct {
	options *Options
	tls     *tls.Config
	net     net.Dialer
}

func newDialer(options *Options) *dialer {
	config := options.TLS
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	config = config.Clone()
	// The upgrade is one of HTTP/1.1 (RFC 6455 section 4.1): a server must not choose HTTP/2.
	config.NextProtos = []string{"http/1.1"}
	return &dialer{options: options, tls: config}
}

// dial connects to where a request goes, through a proxy if there is one for it.
func (d *dialer) dial(req *http.Request, r *run) (net.Conn, error) {
	ctx := req.Context()
	proxy, err := d.options.Proxy(req)
	if err != nil {
		return nil, err
	}
	address, err := hostPort(req.URL)
	if err != nil {
		return nil, err
	}
	var conn net.Conn
	if proxy == nil {
		conn, err = d.connect(ctx, r, address)
	} else {
		conn, err = d.tunnel(ctx, r, proxy, address)
	}
	if err != nil {
		return nil, err
	}
	r.complete()
	if req.URL.Scheme != "https" {
		return conn, nil
	}
	return d.secure(ctx, r, conn, address)
}

// connect resolves a name and connects to the first of its addresses that answers (RFC 8305). It leaves the phase
// connect open.
func (d *dialer) connect(ctx context.Context, r *run, address string) (net.Conn, error) {
	r.begin(PhaseConnect)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { r.begin(PhaseDNS) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			if info.Err == nil {
				r.complete()
				r.begin(PhaseConnect)
			}
		},
	})
	conn, err := d.net.DialContext(ctx, d.options.Network, address)
	if err != nil {
		return nil, err
	}
	r.conn = conn
	return conn, nil
}

// secure does the TLS handshake and notes the certificate, be it accepted or not.
func (d *dialer) secure(ctx context.Context, r *run, conn net.Conn, address string) (net.Conn, error) {
	r.begin(PhaseTLS)
	secured := tls.Client(conn, d.tlsFor(address))
	if err := secured.HandshakeContext(ctx); err != nil {
		conn.Close()
		r.result.CertificateEnd = endOfRefused(err)
		return nil, err
	}
	r.complete()
	r.result.CertificateEnd = endOfAccepted(secured.ConnectionState())
	if limit := r.options.MinCertificateLife; limit > 0 && time.Until(r.result.CertificateEnd) < limit {
		r.degrade(newFailure(errorTypeCertificateExpiry, "the certificate expires at %v", r.result.CertificateEnd))
	}
	return secured, nil
}

// tlsFor is the configuration for a host. A name that is configured is that of the endpoint alone, and not that of
// another host that a redirect leads to.
func (d *dialer) tlsFor(address string) *tls.Config {
	host, _, _ := net.SplitHostPort(address)
	if d.tls.ServerName != "" && host == d.options.URL.Hostname() {
		return d.tls
	}
	config := d.tls.Clone()
	config.ServerName = host
	return config
}

// hostPort is the address of a URL, with the port of its scheme if it names none (RFC 6455 section 3).
func hostPort(u *url.URL) (string, error) {
	host, err := httpguts.PunycodeHostPort(u.Hostname())
	if err != nil {
		return "", err
	}
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	case u.Scheme == "http":
		port = "80"
	default:
		return "", fmt.Errorf("the scheme %q is not one of HTTP", u.Scheme)
	}
	return net.JoinHostPort(host, port), nil
}
