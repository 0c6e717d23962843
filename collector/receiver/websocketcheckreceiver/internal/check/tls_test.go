package check

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

const day = 24 * time.Hour

func TestCertificates(t *testing.T) {
	authority, now := checktest.NewAuthority(t), time.Now()
	for _, tt := range []struct {
		name        string
		certificate tls.Certificate
		tls         *tls.Config
		errorType   string
		end         time.Time
	}{
		{name: "valid", certificate: authority.Valid(t, 90*day), end: now.Add(90 * day)},
		{
			name:        "expired",
			certificate: authority.Issue(t, "127.0.0.1", now.Add(-2*day), now.Add(-day)),
			errorType:   "certificate_expired", end: now.Add(-day),
		},
		{
			name:        "not yet valid",
			certificate: authority.Issue(t, "127.0.0.1", now.Add(day), now.Add(2*day)),
			errorType:   "certificate_not_yet_valid", end: now.Add(2 * day),
		},
		{
			name:        "of another name",
			certificate: authority.Issue(t, "example.com", now.Add(-day), now.Add(day)),
			errorType:   "certificate_name_mismatch", end: now.Add(day),
		},
		{
			name:        "of an authority that nobody knows",
			certificate: checktest.NewAuthority(t).Valid(t, day),
			errorType:   "certificate_untrusted", end: now.Add(day),
		},
		{
			name:        "expired, and not verified",
			certificate: authority.Issue(t, "127.0.0.1", now.Add(-2*day), now.Add(-day)),
			tls:         &tls.Config{InsecureSkipVerify: true}, end: now.Add(-day),
		},
		{
			name:        "of the name that is expected",
			certificate: authority.Issue(t, "example.com", now.Add(-day), now.Add(day)),
			tls:         &tls.Config{ServerName: "example.com"}, end: now.Add(day),
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.tls == nil {
				tt.tls = &tls.Config{}
			}
			tt.tls.RootCAs = authority.Pool()
			result := runCheck(t, Options{
				URL: mustParse(t, "wss://"+checktest.HTTPS(t, tt.certificate, checktest.Echo)),
				TLS: tt.tls,
			})
			assert.Equal(t, tt.errorType, result.ErrorType, "%v", result.Err)
			assert.WithinDuration(t, tt.end, result.CertificateEnd, time.Minute)
			if tt.errorType == "" {
				assert.Equal(t, []Phase{PhaseConnect, PhaseTLS, PhaseUpgrade, PhaseClose}, phasesOf(result))
			} else {
				assert.Equal(t, PhaseTLS, result.Phase)
				assert.Equal(t, []Phase{PhaseConnect}, phasesOf(result))
			}
		})
	}
}

func TestUnusedCertificatesDoNotMatter(t *testing.T) {
	authority, now := checktest.NewAuthority(t), time.Now()
	certificate := authority.Valid(t, 90*day)
	expired := checktest.NewAuthority(t).Issue(t, "127.0.0.1", now.Add(-2*day), now.Add(-day))
	certificate.Certificate = append(certificate.Certificate, expired.Certificate...)
	result := runCheck(t, Options{
		URL: mustParse(t, "wss://"+checktest.HTTPS(t, certificate, checktest.Echo)),
		TLS: &tls.Config{RootCAs: authority.Pool()},
	})
	assert.WithinDuration(t, now.Add(90*day), result.CertificateEnd, time.Minute)
}

func TestCertificateThatExpiresSoonIsDegraded(t *testing.T) {
	authority := checktest.NewAuthority(t)
	address := checktest.HTTPS(t, authority.Valid(t, 10*day), checktest.Echo)
	options := Options{
		URL:                mustParse(t, "wss://"+address),
		TLS:                &tls.Config{RootCAs: authority.Pool()},
		Ping:               true,
		MaxRoundTrip:       time.Nanosecond,
		MinCertificateLife: 14 * day,
	}
	result := runCheck(t, options)
	assert.Equal(t, Degraded, result.Outcome)
	assert.Equal(t, "certificate_expiry", result.ErrorType, "the first reason counts")

	options.MaxRoundTrip, options.MinCertificateLife = 0, 5*day
	assert.Equal(t, Up, runCheck(t, options).Outcome)
}

// secured is a server that ends TLS itself and serves connections then.
func secured(t *testing.T, config *tls.Config, handle func(net.Conn)) string {
	return "wss://" + checktest.Serve(t, func(conn net.Conn) {
		if secured := tls.Server(conn, config); secured.Handshake() == nil {
			handle(secured)
		}
	})
}

func TestTLSFailures(t *testing.T) {
	authority := checktest.NewAuthority(t)
	server := &tls.Config{Certificates: []tls.Certificate{authority.Valid(t, day)}}
	client := &tls.Config{RootCAs: authority.Pool()}
	secureServing := func(handle func(net.Conn)) func(*testing.T) string {
		return func(t *testing.T) string { return "wss://" + checktest.Serve(t, handle) }
	}
	runFailures(t, []failureCase{
		{
			name: "no answer", url: secureServing(checktest.Wait), options: Options{Timeout: shortTimeout},
			phase: PhaseTLS, errorType: "tls_timeout",
		},
		{
			name: "HTTP", url: func(t *testing.T) string { return "wss://" + checktest.HTTP(t, checktest.Echo) },
			phase: PhaseTLS, errorType: "tls_error",
		},
		{
			name: "a reset", url: secureServing(func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 1))
				checktest.Reset(conn)
			}),
			phase: PhaseTLS, errorType: "ECONNRESET",
		},
		{
			name: "the end of the transport", url: secureServing(func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096))
			}),
			phase: PhaseTLS, errorType: "connection_lost",
		},
		{
			name: "no version in common",
			url: func(t *testing.T) string {
				config := server.Clone()
				config.MinVersion = tls.VersionTLS13
				return "wss://" + checktest.HTTPSWith(t, config, checktest.Echo)
			},
			options: Options{TLS: &tls.Config{RootCAs: authority.Pool(), MaxVersion: tls.VersionTLS12}},
			phase:   PhaseTLS, errorType: "tls_error",
		},
		{
			name: "a certificate of the client missing, with TLS 1.3",
			url: func(t *testing.T) string {
				config := server.Clone()
				config.ClientAuth = tls.RequireAnyClientCert
				return "wss://" + checktest.HTTPSWith(t, config, checktest.Echo)
			},
			options: Options{TLS: client}, phase: PhaseUpgrade, errorType: "tls_error",
		},
		{
			name:    "no response",
			url:     func(t *testing.T) string { return secured(t, server, checktest.Wait) },
			options: Options{TLS: client, Timeout: shortTimeout}, phase: PhaseUpgrade, errorType: "upgrade_timeout",
		},
		{
			name: "no close frame",
			url: func(t *testing.T) string {
				return secured(t, server, func(conn net.Conn) { checktest.Wait(upgradedWith(conn)) })
			},
			options: Options{TLS: client, Timeout: testTimeout}, outcome: Degraded, errorType: "close_timeout",
		},
	})
}

func TestSlowTLSIsMeasured(t *testing.T) {
	authority := checktest.NewAuthority(t)
	config := &tls.Config{
		Certificates: []tls.Certificate{authority.Valid(t, day)},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			time.Sleep(50 * time.Millisecond)
			return nil, nil
		},
	}
	result := runCheck(t, Options{
		URL: mustParse(t, "wss://"+checktest.HTTPSWith(t, config, checktest.Echo)),
		TLS: &tls.Config{RootCAs: authority.Pool()},
	})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.GreaterOrEqual(t, durationOf(result, PhaseTLS), 50*time.Millisecond)
	assert.Less(t, durationOf(result, PhaseConnect), 50*time.Millisecond)
	assert.Less(t, durationOf(result, PhaseUpgrade), 50*time.Millisecond)
}

func TestServersOfHTTP2AreUpgradedFromHTTP1(t *testing.T) {
	authority := checktest.NewAuthority(t)
	var protocol, negotiated string
	address := checktest.HTTPS(t, authority.Valid(t, day), func(w http.ResponseWriter, req *http.Request) {
		protocol, negotiated = req.Proto, req.TLS.NegotiatedProtocol
		checktest.Echo(w, req)
	})
	trusted := &tls.Config{RootCAs: authority.Pool()}
	assertSpeaksHTTP2(t, address, trusted.RootCAs)

	trusted.NextProtos = []string{"h2"}
	result := runCheck(t, Options{URL: mustParse(t, "wss://"+address), TLS: trusted, Ping: true})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.Equal(t, "HTTP/1.1", protocol)
	assert.Equal(t, "http/1.1", negotiated)
}

func assertSpeaksHTTP2(t *testing.T, address string, roots *x509.CertPool) {
	conn, err := tls.Dial("tcp", address, &tls.Config{RootCAs: roots, NextProtos: []string{"h2", "http/1.1"}})
	require.NoError(t, err)
	defer conn.Close()
	assert.Equal(t, "h2", conn.ConnectionState().NegotiatedProtocol)
}
