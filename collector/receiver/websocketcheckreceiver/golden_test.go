package websocketcheckreceiver

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/golden"
	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatatest/pmetrictest"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

func TestScrapeOfATarget(t *testing.T) {
	authority := checktest.NewAuthority(t)
	ca := authority.File(t)
	for _, tt := range []struct {
		// name is that of the file in testdata/expected.
		name string
		yaml string
	}{
		{"up", fmt.Sprintf(`
location: eu-central-1
targets:
  - name: chat
    endpoint: ws://%s/chat
    message: { send: ping, expect: { text: ping } }
`, checktest.HTTP(t, checktest.Echo))},
		{"degraded", fmt.Sprintf(`
targets:
  - name: chat
    endpoint: ws://%s/chat
    max_round_trip: 1ns
`, checktest.HTTP(t, checktest.Echo))},
		{"refused_upgrade", fmt.Sprintf(`
targets:
  - name: chat
    endpoint: ws://%s/chat
`, checktest.HTTP(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))},
		{"connection_refused", fmt.Sprintf(`
location: office
targets:
  - name: chat
    endpoint: ws://%s/chat
    network: ipv4
`, unusedAddress(t))},
		{"tls", fmt.Sprintf(`
targets:
  - name: chat
    endpoint: wss://%s/chat
    tls: { ca_file: %q }
`, checktest.HTTPS(t, authority.Valid(t, 90*24*time.Hour), checktest.Echo), ca)},
		{"tls_expired", fmt.Sprintf(`
targets:
  - name: chat
    endpoint: wss://%s/chat
    tls: { ca_file: %q }
`, checktest.HTTPS(t, authority.Valid(t, -time.Minute), checktest.Echo), ca)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			requireExpected(t, tt.name, newScraped(t, tt.yaml).mustScrape(t))
		})
	}
}

func TestScrapeOfSeveralTargets(t *testing.T) {
	authority := checktest.NewAuthority(t)
	requireExpected(t, "several", newScraped(t, fmt.Sprintf(`
location: eu-central-1
targets:
  - name: echo
    endpoint: ws://%s/chat
    message: { send: ping, expect: { text: ping } }
  - name: echo
    endpoint: ws://%s/chat
    network: ipv4
  - name: secure
    endpoint: wss://%s/chat
    tls: { ca_file: %q }
  - name: refused
    endpoint: ws://%s/chat
`,
		checktest.HTTP(t, checktest.Echo),
		checktest.HTTP(t, checktest.Echo),
		checktest.HTTPS(t, authority.Valid(t, 90*24*time.Hour), checktest.Echo), authority.File(t),
		unusedAddress(t),
	)).mustScrape(t))
}

// requireExpected compares with a file of testdata/expected; remove the file to write it anew.
func requireExpected(t *testing.T, name string, actual pmetric.Metrics) {
	t.Helper()
	file := filepath.Join("testdata", "expected", name+".yaml")
	expected, err := golden.ReadMetrics(file)
	if err != nil {
		require.NoError(t, golden.WriteMetrics(t, file, actual))
	}
	require.NoError(t, err)
	require.NoError(t, pmetrictest.CompareMetrics(expected, actual,
		pmetrictest.IgnoreTimestamp(),
		pmetrictest.IgnoreStartTimestamp(),
		pmetrictest.IgnoreMetricValues("websocket.probe.tls.expiry", "websocket.probe.duration"),
		pmetrictest.IgnoreMetricAttributeValue("server.port"),
		pmetrictest.IgnoreMetricsOrder(),
		pmetrictest.IgnoreMetricDataPointsOrder(),
		pmetrictest.IgnoreDatapointAttributesOrder(),
	))
}
