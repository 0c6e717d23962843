package websocketcheckreceiver

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configauth"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

func TestConfigHasTheDefaultsOfWhatItLeavesOut(t *testing.T) {
	cfg := loadConfig(t, "websocketcheck")
	require.NoError(t, confmap.Validate(cfg))

	assert.Equal(t, time.Minute, cfg.CollectionInterval)
	assert.Equal(t, time.Second, cfg.InitialDelay)
	assert.Zero(t, cfg.Timeout)
	assert.Empty(t, cfg.Location)
	assert.Equal(t, 50, cfg.MaxConcurrency)
	assert.True(t, cfg.Metrics.WebsocketProbeRuns.Enabled)
	assert.True(t, cfg.Metrics.WebsocketProbeUp.Enabled)
	assert.True(t, cfg.Metrics.WebsocketProbeTLSExpiry.Enabled)
	assert.True(t, cfg.Metrics.WebsocketProbeDuration.Enabled)

	client := confighttp.NewDefaultClientConfig()
	client.Endpoint = "wss://example.com/chat"
	client.ForceAttemptHTTP2 = false
	client.Timeout = 10 * time.Second
	require.Len(t, cfg.Targets, 1)
	assert.Equal(t, TargetConfig{
		ClientConfig:      client,
		PermessageDeflate: true,
		Ping:              true,
		MaxMessageSize:    1 << 20,
		Network:           "any",
	}, cfg.Targets[0])
	assert.Equal(t, "example.com/chat", cfg.Targets[0].checkName())
}

func TestConfigReadsEveryField(t *testing.T) {
	cfg := loadConfig(t, "websocketcheck/full")
	require.NoError(t, confmap.Validate(cfg))

	assert.Equal(t, 30*time.Second, cfg.CollectionInterval)
	assert.Equal(t, 2*time.Second, cfg.InitialDelay)
	assert.Equal(t, 20*time.Second, cfg.Timeout)
	assert.Equal(t, "eu-central-1", cfg.Location)
	assert.Equal(t, 10, cfg.MaxConcurrency)
	assert.True(t, cfg.Metrics.WebsocketProbeRuns.Enabled)
	assert.True(t, cfg.Metrics.WebsocketProbeUp.Enabled)
	assert.False(t, cfg.Metrics.WebsocketProbeTLSExpiry.Enabled)
	assert.False(t, cfg.Metrics.WebsocketProbeDuration.Enabled)

	client := confighttp.NewDefaultClientConfig()
	client.Endpoint = "wss://example.com/chat?room=42"
	client.ForceAttemptHTTP2 = false
	client.Timeout = 5 * time.Second
	client.Headers = configopaque.MapList{{Name: "X-Tenant", Value: "acme"}}
	client.TLS.CAFile = "ca.pem"
	client.Auth = configoptional.Some(configauth.Config{AuthenticatorID: component.MustNewID("bearertokenauth")})
	client.ProxyURL = "http://proxy.example.com:3128"
	require.Len(t, cfg.Targets, 3)
	assert.Equal(t, TargetConfig{
		ClientConfig: client,
		Name:         "chat",
		Subprotocols: []string{"chat.v2", "chat.v1"},
		Origin:       "https://example.com",
		Ping:         true,
		Message: &MessageConfig{
			Send:    "ping",
			Expect:  ExpectConfig{Text: "pong"},
			Timeout: 2 * time.Second,
		},
		ExpectClose:       4000,
		MaxRoundTrip:      250 * time.Millisecond,
		CertificateExpiry: 14 * 24 * time.Hour,
		MaxMessageSize:    4096,
		Network:           "ipv6",
		MaxRedirects:      3,
	}, cfg.Targets[0])
	assert.Equal(t, 401, cfg.Targets[1].ExpectStatus)
	assert.False(t, cfg.Targets[1].Ping)
	assert.Equal(t, &MessageConfig{
		SendBinary: "0a1b",
		Expect:     ExpectConfig{BinaryPrefix: "FF"},
		Timeout:    5 * time.Second,
	}, cfg.Targets[2].Message)
}

func TestExpectationRecognizesItsMessage(t *testing.T) {
	text := func(s string) check.Message { return check.Message{Payload: []byte(s)} }
	binary := func(s string) check.Message { return check.Message{Binary: true, Payload: []byte(s)} }
	for _, tt := range []struct {
		expect ExpectConfig
		yes    []check.Message
		no     []check.Message
	}{
		{ExpectConfig{Text: "pong"}, []check.Message{text("pong")}, []check.Message{text("pong!"), binary("pong")}},
		{ExpectConfig{Contains: "on"}, []check.Message{text("pong")}, []check.Message{text("ping"), binary("pong")}},
		{ExpectConfig{Regex: "^p.ng$"}, []check.Message{text("pong")}, []check.Message{text("ponge"), binary("pong")}},
		{
			ExpectConfig{BinaryPrefix: "Ff01"},
			[]check.Message{binary("\xff\x01"), binary("\xff\x01\x02")},
			[]check.Message{binary("\xff"), text("\xff\x01")},
		},
	} {
		matches := tt.expect.matcher()
		for _, m := range tt.yes {
			assert.True(t, matches(m), "%+v %+v", tt.expect, m)
		}
		for _, m := range tt.no {
			assert.False(t, matches(m), "%+v %+v", tt.expect, m)
		}
	}
}

func TestExchangeSendsWhatIsConfigured(t *testing.T) {
	assert.Equal(t, &check.Message{Payload: []byte("ping")}, (&MessageConfig{Send: "ping"}).exchange().Send)
	assert.Equal(t, &check.Message{Binary: true, Payload: []byte{0x0a, 0x1b}},
		(&MessageConfig{SendBinary: "0a1b"}).exchange().Send)
	assert.Nil(t, (&MessageConfig{}).exchange().Send, "the server speaks first")
}

// loadConfig reads a configuration of testdata/config.yaml.
func loadConfig(t *testing.T, id string) *Config {
	t.Helper()
	conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := conf.Sub(id)
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(cfg))
	return cfg
}

// configFromYAML reads a configuration that may be wrong.
func configFromYAML(t *testing.T, yaml string) (*Config, error) {
	t.Helper()
	retrieved, err := confmap.NewRetrievedFromYAML([]byte(yaml))
	require.NoError(t, err)
	conf, err := retrieved.AsConf()
	require.NoError(t, err)
	cfg := createDefaultConfig().(*Config)
	if err := conf.Unmarshal(cfg); err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	return cfg, confmap.Validate(cfg)
}

// mustConfig reads a configuration that is right.
func mustConfig(t *testing.T, yaml string) *Config {
	t.Helper()
	cfg, err := configFromYAML(t, yaml)
	require.NoError(t, err)
	return cfg
}

// The generated configuration knows nothing of the histogram, and ours has to know everything of the generated one.
func TestMetricsConfigContainsTheGeneratedOne(t *testing.T) {
	assert.Equal(t, metadata.DefaultMetricsConfig(), createDefaultConfig().(*Config).Metrics.MetricsConfig)
}
