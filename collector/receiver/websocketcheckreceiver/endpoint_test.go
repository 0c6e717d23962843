package websocketcheckreceiver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/confighttp"
)

func TestCheckNameIsHostAndPathOfTheEndpoint(t *testing.T) {
	for endpoint, name := range map[string]string{
		"wss://example.com":                                "example.com",
		"wss://Example.com/":                               "example.com",
		"wss://example.com:443/chat":                       "example.com/chat",
		"ws://example.com:443/chat/":                       "example.com:443/chat/",
		"https://user:secret@example.com/a/b?token=secret": "example.com/a/b",
		"ws://[::1]:80/chat":                               "[::1]/chat",
		"ws://127.0.0.1:8080/a%20b":                        "127.0.0.1:8080/a%20b",
		"ws://a/" + strings.Repeat("x", 200):               "a/" + strings.Repeat("x", 126),
		"ws://" + strings.Repeat("é", 100):                 strings.Repeat("é", 64),
		"ws://x" + strings.Repeat("é", 100):                "x" + strings.Repeat("é", 63),
	} {
		assert.Equal(t, name, targetOf(endpoint).checkName(), endpoint)
	}
}

func TestPortIsByDefaultThatOfTheScheme(t *testing.T) {
	for endpoint, port := range map[string]int64{
		"ws://example.com":        80,
		"HTTP://example.com":      80,
		"wss://example.com":       443,
		"https://example.com":     443,
		"ws://example.com:65535/": 65535,
		"wss://[::1]:8443/":       8443,
	} {
		u, err := parseEndpoint(endpoint)
		require.NoError(t, err)
		assert.Equal(t, port, endpointPort(u), endpoint)
	}
}

func TestMessagesHoldNoCredentials(t *testing.T) {
	for _, endpoint := range []string{
		"ftp://user:secret@example.com/?token=secret",
		"wss://user:secret@example.com:port/?token=secret",
		"wss://user:secret@exa mple.com/?token=secret",
		"wss://user:secret@/?token=secret",
		"wss://user:secret@example.com/?token=secret#secret",
		"://user:secret@example.com",
		"secret",
	} {
		target := targetOf(endpoint)
		target.Name = "wss://user:secret@example.com"
		target.ProxyURL = "socks5://user:secret@example.com"
		err := target.Validate()
		require.ErrorContains(t, err, "endpoint: ")
		assert.NotContains(t, err.Error(), "secret")
	}
}

func targetOf(endpoint string) *TargetConfig {
	return &TargetConfig{ClientConfig: confighttp.ClientConfig{Endpoint: endpoint}}
}
