package websocketcheckreceiver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

func TestReceiverSendsItsMetricsOnceAnInterval(t *testing.T) {
	sink := new(consumertest.MetricsSink)
	cfg := mustConfig(t, fmt.Sprintf(`
initial_delay: 0s
collection_interval: 10ms
targets: [{ name: chat, endpoint: "ws://%s" }]
`, checktest.HTTP(t, checktest.Echo)))
	r, err := NewFactory().CreateMetrics(context.Background(), receivertest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, r.Start(context.Background(), componenttest.NewNopHost()))
	require.Eventually(t, func() bool { return len(sink.AllMetrics()) >= 3 }, 10*time.Second, time.Millisecond)
	require.NoError(t, r.Shutdown(context.Background()))

	for i, metrics := range sink.AllMetrics() {
		if metrics.MetricCount() == 0 {
			assert.Equal(t, len(sink.AllMetrics())-1, i, "only the run that the shutdown stopped has nothing")
			continue
		}
		runs := points(t, metrics, "websocket.probe.runs")
		require.Len(t, runs, 1)
		assert.Equal(t, int64(i+1), runs[0].int)
	}
}

func TestShutdownEndsAScrapeAtOnce(t *testing.T) {
	for _, phase := range []struct {
		name   string
		target func(reached func()) string
	}{
		{"upgrade", func(reached func()) string {
			return checktest.Serve(t, func(conn net.Conn) {
				reached()
				checktest.Wait(conn)
			})
		}},
		{"message", func(reached func()) string {
			return checktest.Serve(t, func(conn net.Conn) {
				checktest.Upgrade(conn)
				reached()
				checktest.Wait(conn)
			})
		}},
	} {
		t.Run(phase.name, func(t *testing.T) {
			const targets = 5
			var count atomic.Int64
			reached := make(chan struct{})
			address := phase.target(func() {
				if count.Add(1) == targets {
					close(reached)
				}
			})
			yaml := "{ initial_delay: 0s, targets: ["
			for i := range targets {
				yaml += fmt.Sprintf(`{ name: "%d", endpoint: "ws://%s", timeout: 1h },`, i, address)
			}
			logger, logs := observed(zapcore.WarnLevel)
			sink := new(consumertest.MetricsSink)
			settings := receivertest.NewNopSettings(metadata.Type)
			settings.Logger = logger
			r, err := NewFactory().CreateMetrics(context.Background(), settings, mustConfig(t, yaml+"]}"), sink)
			require.NoError(t, err)
			require.NoError(t, r.Start(context.Background(), componenttest.NewNopHost()))
			<-reached

			begun := time.Now()
			require.NoError(t, r.Shutdown(context.Background()))
			assert.Less(t, time.Since(begun), 2*time.Second)
			for _, metrics := range sink.AllMetrics() {
				assert.Zero(t, metrics.MetricCount(), "a run that was stopped has found nothing")
			}
			assert.Zero(t, logs.FilterMessage("WebSocket check found a change").Len())
		})
	}
}

func TestLogTellsWhenAResultChanges(t *testing.T) {
	var refuse atomic.Bool
	server := refusingServer(t, &refuse)
	s := newScraped(t, fmt.Sprintf(`targets: [{name: chat, endpoint: "ws://user:secret@%s/?token=secret"}]`, server))
	logger, logs := observed(zapcore.DebugLevel)
	s.settings.Logger = logger
	for _, step := range []bool{false, false, true, true, false, false} {
		refuse.Store(step)
		s.mustScrape(t)
	}

	entries := logs.TakeAll()
	require.Len(t, entries, 2)
	assert.Equal(t, zapcore.WarnLevel, entries[0].Level)
	assert.Equal(t, map[string]any{
		"name":       "chat",
		"result":     "down",
		"error.type": "503",
		"phase":      "upgrade",
		"error":      "the upgrade was refused with the status 503",
	}, entries[0].ContextMap())
	assert.Equal(t, zapcore.InfoLevel, entries[1].Level)
	assert.Equal(t, "up", entries[1].ContextMap()["result"])
}

func TestStartNamesTheTargetThatCannotBePrepared(t *testing.T) {
	for name, tt := range map[string]struct{ yaml, err string }{
		"a certificate that is missing": {
			`{ name: chat, endpoint: "wss://localhost", tls: { ca_file: testdata/missing.pem } }`,
			`websocketcheck target "chat": `,
		},
		"an authenticator that is missing": {
			`{ name: chat, endpoint: "ws://localhost", auth: { authenticator: bearertokenauth } }`,
			`websocketcheck target "chat": failed to resolve authenticator "bearertokenauth": authenticator not found`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScraper(mustConfig(t, "targets: ["+tt.yaml+"]"), receivertest.NewNopSettings(metadata.Type))
			defer s.interrupt()
			require.ErrorContains(t, s.start(context.Background(), componenttest.NewNopHost()), tt.err)
		})
	}
}

func TestTargetSendsWhatItsConfigurationSays(t *testing.T) {
	requests := make(chan *http.Request, 1)
	server := checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		requests <- req
		w.WriteHeader(http.StatusForbidden)
	})
	cfg := mustConfig(t, fmt.Sprintf(`
targets:
  - endpoint: ws://%s/chat?room=42
    headers: { X-Tenant: acme, Host: chat.example.com }
    auth: { authenticator: test }
    middlewares: [{ id: first }, { id: second }]
    origin: https://example.com
    subprotocols: [chat.v2, chat.v1]
    expect_status: 403
`, server))
	settings := receivertest.NewNopSettings(metadata.Type)
	settings.BuildInfo = component.BuildInfo{Command: "otelcol", Version: "1.2.3"}
	s := newScraper(cfg, settings)
	defer s.interrupt()
	host := extensionHost{
		component.MustNewID("test"):   headerExtension{"Authorization", "Bearer secret"},
		component.MustNewID("first"):  headerExtension{"X-Outer", "first"},
		component.MustNewID("second"): headerExtension{"X-Outer", "second"},
	}
	require.NoError(t, s.start(context.Background(), host))
	metrics, err := s.scrape(context.Background())
	require.NoError(t, err)
	assert.Equal(t, "up", points(t, metrics, "websocket.probe.runs")[0].attribute("websocket.probe.result"))

	req := <-requests
	assert.Equal(t, "/chat?room=42", req.RequestURI)
	assert.Equal(t, "chat.example.com", req.Host)
	assert.Equal(t, "acme", req.Header.Get("X-Tenant"))
	assert.Equal(t, "Bearer secret", req.Header.Get("Authorization"))
	assert.Equal(t, []string{"first", "second"}, req.Header.Values("X-Outer"), "the first middleware is the outermost")
	assert.Equal(t, "otelcol/1.2.3", req.Header.Get("User-Agent"))
	assert.Equal(t, "https://example.com", req.Header.Get("Origin"))
	assert.Equal(t, "chat.v2,chat.v1", req.Header.Get("Sec-WebSocket-Protocol"))
	assert.Contains(t, req.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate")
}

func observed(level zapcore.Level) (*zap.Logger, *observer.ObservedLogs) {
	core, logs := observer.New(level)
	return zap.New(core), logs
}

// extensionHost is a host with extensions.
type extensionHost map[component.ID]component.Component

func (h extensionHost) GetExtensions() map[component.ID]component.Component { return h }

// headerExtension is an authenticator and a middleware that adds a header field.
type headerExtension struct{ name, value string }

func (headerExtension) Start(context.Context, component.Host) error { return nil }

func (headerExtension) Shutdown(context.Context) error { return nil }

// RoundTripper implements extensionauth.HTTPClient.
func (e headerExtension) RoundTripper(base http.RoundTripper) (http.RoundTripper, error) {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		req.Header.Add(e.name, e.value)
		return base.RoundTrip(req)
	}), nil
}

// GetHTTPRoundTripper implements extensionmiddleware.HTTPClient.
func (e headerExtension) GetHTTPRoundTripper(
	context.Context,
) (func(context.Context, http.RoundTripper) (http.RoundTripper, error), error) {
	return func(_ context.Context, base http.RoundTripper) (http.RoundTripper, error) {
		return e.RoundTripper(base)
	}, nil
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
