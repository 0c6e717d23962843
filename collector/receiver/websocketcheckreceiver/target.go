package websocketcheckreceiver

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"go.opentelemetry.io/collector/component"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
)

// target is an endpoint with what its runs have found so far. One run at a time uses it.
type target struct {
	attributes targetAttributes
	checker    *check.Checker
	history    history
}

// targetAttributes are on all metrics of a target.
type targetAttributes struct {
	name     string
	location string
	address  string
	port     int64
	// network is ipv4 or ipv6, and empty where either may be used.
	network string
}

// newTarget prepares a target with a valid configuration.
func newTarget(
	ctx context.Context,
	cfg *Config,
	targetCfg *TargetConfig,
	host component.Host,
	build component.BuildInfo,
) (*target, error) {
	u, err := parseEndpoint(targetCfg.Endpoint)
	if err != nil {
		return nil, err
	}
	options, err := checkOptions(ctx, targetCfg, u, host, build)
	if err != nil {
		return nil, err
	}
	checker, err := check.New(options)
	if err != nil {
		return nil, err
	}
	attributes := targetAttributes{
		name:     targetCfg.checkName(),
		location: cfg.Location,
		address:  u.Hostname(),
		port:     endpointPort(u),
	}
	if targetCfg.Network != networkAny {
		attributes.network = targetCfg.Network
	}
	return &target{attributes: attributes, checker: checker}, nil
}

func checkOptions(
	ctx context.Context,
	cfg *TargetConfig,
	u *url.URL,
	host component.Host,
	build component.BuildInfo,
) (check.Options, error) {
	tlsConfig, err := cfg.TLS.LoadTLSConfig(ctx)
	if err != nil {
		return check.Options{}, err
	}
	authenticate, err := authenticator(ctx, cfg, host)
	if err != nil {
		return check.Options{}, err
	}
	options := check.Options{
		URL:                u,
		Header:             http.Header{},
		Authenticate:       authenticate,
		UserAgent:          fmt.Sprintf("%s/%s", build.Command, build.Version),
		Origin:             cfg.Origin,
		Subprotocols:       cfg.Subprotocols,
		PermessageDeflate:  cfg.PermessageDeflate,
		Network:            map[string]string{networkAny: "tcp", networkIPv4: "tcp4", networkIPv6: "tcp6"}[cfg.Network],
		Proxy:              http.ProxyFromEnvironment,
		TLS:                tlsConfig,
		Timeout:            cfg.Timeout,
		Ping:               cfg.Ping,
		ExpectStatus:       cfg.ExpectStatus,
		ExpectClose:        cfg.ExpectClose,
		MaxRoundTrip:       cfg.MaxRoundTrip,
		MinCertificateLife: cfg.CertificateExpiry,
		MaxMessageSize:     cfg.MaxMessageSize,
		MaxRedirects:       cfg.MaxRedirects,
	}
	for name, value := range cfg.Headers.Iter {
		options.Header.Set(name, string(value))
	}
	if cfg.Message != nil {
		options.Exchange = cfg.Message.exchange()
	}
	if cfg.ProxyURL != "" {
		proxyURL, err := url.Parse(cfg.ProxyURL)
		if err != nil {
			return check.Options{}, err
		}
		options.Proxy = http.ProxyURL(proxyURL)
	}
	return options, nil
}

type roundTripperWrapper = func(http.RoundTripper) (http.RoundTripper, error)

// authenticator wraps what sends the upgrade request in the configured middlewares and then, outside of them as
// confighttp does it, in the configured authentication. It is nil if there is neither.
func authenticator(ctx context.Context, cfg *TargetConfig, host component.Host) (roundTripperWrapper, error) {
	var wrappers []roundTripperWrapper
	for i := len(cfg.Middlewares) - 1; i >= 0; i-- {
		wrap, err := cfg.Middlewares[i].GetHTTPClientRoundTripper(ctx, host.GetExtensions())
		if err != nil {
			return nil, err
		}
		wrappers = append(wrappers, func(base http.RoundTripper) (http.RoundTripper, error) { return wrap(ctx, base) })
	}
	if cfg.Auth.HasValue() {
		client, err := cfg.Auth.Get().GetHTTPClientAuthenticator(ctx, host.GetExtensions())
		if err != nil {
			return nil, err
		}
		wrappers = append(wrappers, client.RoundTripper)
	}
	if len(wrappers) == 0 {
		return nil, nil
	}
	return func(transport http.RoundTripper) (http.RoundTripper, error) {
		for _, wrap := range wrappers {
			var err error
			if transport, err = wrap(transport); err != nil {
				return nil, err
			}
		}
		return transport, nil
	}, nil
}
