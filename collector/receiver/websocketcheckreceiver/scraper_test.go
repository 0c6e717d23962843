package websocketcheckreceiver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver/receivertest"
	"go.opentelemetry.io/collector/scraper/scrapererror"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

func TestTLSExpiryIsTheTimeThatTheCertificateHasLeft(t *testing.T) {
	authority := checktest.NewAuthority(t)
	for _, life := range []time.Duration{48 * time.Hour, -time.Hour / 2} {
		metrics := newScraped(t, fmt.Sprintf(`
targets:
  - endpoint: wss://%s
    tls: { ca_file: %q }
`, checktest.HTTPS(t, authority.Valid(t, life), checktest.Echo), authority.File(t))).mustScrape(t)
		expiry := points(t, metrics, "websocket.probe.tls.expiry")
		require.Len(t, expiry, 1)
		assert.InDelta(t, life.Seconds(), expiry[0].double, 60)
	}
}

func TestCountsAreCumulativeAndExact(t *testing.T) {
	var refuse atomic.Bool
	server := refusingServer(t, &refuse)
	s := newScraped(t, fmt.Sprintf(`targets: [{name: chat, endpoint: "ws://%s"}]`, server))
	var start, last time.Time
	for scrape, step := range []struct {
		refuse bool
		runs   map[string]int64
		phases map[string]int64
		up     int64
	}{
		{false, map[string]int64{"up": 1}, map[string]int64{"connect": 1, "upgrade": 1, "message": 1, "close": 1}, 1},
		{false, map[string]int64{"up": 2}, map[string]int64{"connect": 2, "upgrade": 2, "message": 2, "close": 2}, 1},
		{true, map[string]int64{"up": 2, "down 503": 1}, map[string]int64{"connect": 3, "upgrade": 2, "message": 2, "close": 2}, 0},
		{true, map[string]int64{"up": 2, "down 503": 2}, map[string]int64{"connect": 4, "upgrade": 2, "message": 2, "close": 2}, 0},
		{false, map[string]int64{"up": 3, "down 503": 2}, map[string]int64{"connect": 5, "upgrade": 3, "message": 3, "close": 3}, 1},
	} {
		refuse.Store(step.refuse)
		metrics := s.mustScrape(t)

		runs := map[string]int64{}
		for _, p := range points(t, metrics, "websocket.probe.runs") {
			runs[strings.TrimSpace(p.attribute("websocket.probe.result")+" "+p.attribute("error.type"))] = p.int
		}
		assert.Equal(t, step.runs, runs, "scrape %d", scrape)

		phases := map[string]int64{}
		for _, p := range points(t, metrics, "websocket.probe.duration") {
			phases[p.attribute("websocket.probe.phase")] = p.int
			assert.Positive(t, p.double)
			assert.Equal(t, p.int, p.inBuckets)
			assert.Equal(t, durationBounds, p.bounds)
		}
		assert.Equal(t, step.phases, phases, "scrape %d", scrape)

		up := points(t, metrics, "websocket.probe.up")
		require.Len(t, up, 1)
		assert.Equal(t, step.up, up[0].int, "scrape %d", scrape)

		for _, name := range []string{"websocket.probe.runs", "websocket.probe.duration"} {
			for _, p := range points(t, metrics, name) {
				if start.IsZero() {
					start = p.start
				}
				assert.Equal(t, start, p.start, "the start stays")
				assert.True(t, p.time.After(last) && p.time.After(p.start), "the time goes on")
			}
		}
		last = up[0].time
	}
}

func TestNothingIsEmittedBeforeARunHasEnded(t *testing.T) {
	s := newScraped(t, fmt.Sprintf(`targets: [{endpoint: "ws://%s"}]`, unusedAddress(t)))
	assert.Zero(t, s.metrics.write(s.targets).MetricCount())
}

func TestMetricsCanBeTurnedOff(t *testing.T) {
	target := fmt.Sprintf(`targets: [{endpoint: "ws://%s"}]`, checktest.HTTP(t, checktest.Echo))
	all := []string{"websocket.probe.runs", "websocket.probe.up", "websocket.probe.duration"}
	for i, off := range all {
		on := append(append([]string{}, all[:i]...), all[i+1:]...)
		metrics := newScraped(t, fmt.Sprintf("metrics: {%s: {enabled: false}}\n%s", off, target)).mustScrape(t)
		assert.ElementsMatch(t, on, names(metrics))
	}
	only := newScraped(t, `
metrics:
  websocket.probe.runs: { enabled: false }
  websocket.probe.up: { enabled: false }
`+target).mustScrape(t)
	assert.Equal(t, []string{"websocket.probe.duration"}, names(only))
	assert.Equal(t, metadata.ScopeName, only.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope().Name())
}

func TestAtMostMaxConcurrencyChecksRunAtOnce(t *testing.T) {
	const targets, most = 100, 7
	var now, highest atomic.Int64
	release := make(chan struct{})
	server := checktest.HTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		running := now.Add(1)
		defer now.Add(-1)
		for seen := highest.Load(); running > seen && !highest.CompareAndSwap(seen, running); seen = highest.Load() {
		}
		<-release
		w.WriteHeader(http.StatusForbidden)
	})
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "max_concurrency: %d\ntargets:\n", most)
	for i := range targets {
		fmt.Fprintf(&yaml, "  - { endpoint: 'ws://%s/%d', expect_status: 403, timeout: 1m }\n", server, i)
	}
	s := newScraped(t, yaml.String())
	go func() {
		defer close(release)
		assert.Eventually(t, func() bool { return now.Load() == most }, 30*time.Second, time.Millisecond)
		assert.Never(t, func() bool { return now.Load() > most }, 50*time.Millisecond, time.Millisecond)
	}()
	for scrape := range 2 {
		metrics := s.mustScrape(t)
		runs := points(t, metrics, "websocket.probe.runs")
		require.Len(t, runs, targets)
		for _, p := range runs {
			assert.Equal(t, int64(scrape+1), p.int)
			assert.Equal(t, "up", p.attribute("websocket.probe.result"))
		}
	}
	assert.Equal(t, int64(most), highest.Load())
}

func TestScrapeBeginsNoCheckWhenItsTimeIsOver(t *testing.T) {
	server := checktest.HTTP(t, checktest.Echo)
	yaml := "targets:\n"
	for i := range 20 {
		yaml += fmt.Sprintf("  - { endpoint: 'ws://%s/%d' }\n", server, i)
	}
	ctx, cancel := context.WithDeadline(context.Background(), time.Now())
	defer cancel()
	metrics, err := newScraped(t, yaml).scrape(ctx)
	require.EqualError(t, err, "20 targets were not checked within the receiver's timeout: context deadline exceeded")
	assert.Zero(t, metrics.MetricCount())
}

func TestScrapeSaysWhichTargetsItHadNoTimeFor(t *testing.T) {
	silent := checktest.Serve(t, checktest.Wait)
	s := newScraped(t, fmt.Sprintf(`
max_concurrency: 1
targets:
  - { name: first, endpoint: "ws://%[1]s" }
  - { name: second, endpoint: "ws://%[1]s" }
  - { name: third, endpoint: "ws://%[1]s" }
`, silent))
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	metrics, err := s.scrape(ctx)

	var partial scrapererror.PartialScrapeError
	require.ErrorAs(t, err, &partial)
	assert.Equal(t, 2, partial.Failed)
	require.EqualError(t, err, "2 targets were not checked within the receiver's timeout: context deadline exceeded")
	runs := points(t, metrics, "websocket.probe.runs")
	require.Len(t, runs, 1)
	assert.Equal(t, "first", runs[0].attribute("websocket.probe.name"))
	assert.Equal(t, "upgrade_timeout", runs[0].attribute("error.type"))
}

// scraped is a scraper that was started.
type scraped struct{ *websocketScraper }

func newScraped(t *testing.T, yaml string) scraped {
	t.Helper()
	s := newScraper(mustConfig(t, yaml), receivertest.NewNopSettings(metadata.Type))
	t.Cleanup(s.interrupt)
	require.NoError(t, s.start(context.Background(), componenttest.NewNopHost()))
	return scraped{s}
}

func (s scraped) mustScrape(t *testing.T) pmetric.Metrics {
	t.Helper()
	metrics, err := s.scrape(context.Background())
	require.NoError(t, err)
	return metrics
}

// unusedAddress is one of the loopback where nothing listens.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

// refusingServer echoes, and refuses upgrades while refuse is set. The result is its host and port.
func refusingServer(t *testing.T, refuse *atomic.Bool) string {
	return checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		if refuse.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		checktest.Echo(w, req)
	})
}
