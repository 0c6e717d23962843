package websocketcheckreceiver

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.yaml.in/yaml/v3"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// These values of error.type need a connection that is held, or a run that is stopped: the receiver has no such runs.
var errorTypesOfTheProbeAlone = []string{"aborted", "missed_pongs", "reconnected"}

func TestMetadataIsWhatTheRegistrySays(t *testing.T) {
	registry, metadata := readRegistry(t), readMetadata(t)
	described := map[string]metricDescription{
		durationMetricName: {
			Kind:        "histogram",
			Unit:        durationMetricUnit,
			Description: durationMetricDescription,
			Attributes:  registry.metrics(t)[durationMetricName].Attributes,
		},
	}
	for name, metric := range metadata.Metrics {
		described[name] = metric.describe(t, metadata)
	}
	assert.Equal(t, registry.metrics(t), described)
	for _, attribute := range registry.Attributes {
		if generated, ok := metadata.Attributes[attribute.Key]; ok && attribute.Type.Kind == yaml.ScalarNode {
			assert.Equal(t, attribute.Type.Value, generated.Type, attribute.Key)
		}
	}
}

func TestEmittedMetricsAreWhatTheRegistrySays(t *testing.T) {
	authority := checktest.NewAuthority(t)
	s := newScraped(t, fmt.Sprintf(`
location: eu-central-1
targets:
  - { name: up, endpoint: "wss://%s", tls: { ca_file: %q }, network: ipv4 }
  - { name: down, endpoint: "ws://%s", network: ipv4 }
`, checktest.HTTPS(t, authority.Valid(t, time.Hour), checktest.Echo), authority.File(t), unusedAddress(t)))
	registry := readRegistry(t).metrics(t)
	emitted := map[string]metricDescription{}
	metrics := s.mustScrape(t)
	for metric := range allMetrics(metrics) {
		described := metricDescription{
			Kind:        kindOf(t, metric),
			Unit:        metric.Unit(),
			Description: metric.Description(),
			Attributes:  map[string]bool{},
		}
		for _, p := range points(t, metrics, metric.Name()) {
			for key := range p.attributes.All() {
				described.Attributes[key] = registry[metric.Name()].Attributes[key]
			}
			for key, conditional := range registry[metric.Name()].Attributes {
				_, has := p.attributes.Get(key)
				assert.True(t, has || conditional, "%s has no %s", metric.Name(), key)
			}
		}
		emitted[metric.Name()] = described
	}
	assert.Equal(t, registry, emitted)
}

func TestEnumsAreWhatTheRegistrySays(t *testing.T) {
	registry := readRegistry(t)
	var phases []string
	for _, phase := range check.Phases {
		phases = append(phases, string(phase))
	}
	assert.Equal(t, registry.members("websocket.probe.phase"), phases)

	var results []string
	for outcome, generated := range outcomes {
		assert.Equal(t, string(outcome), generated.String())
		results = append(results, string(outcome))
	}
	assert.ElementsMatch(t, registry.members("websocket.probe.result"), results)
	assert.Equal(t, registry.members("websocket.probe.result"), readMetadata(t).Attributes["websocket.probe.result"].Enum)
}

func TestErrorTypesAreWhatTheRegistrySays(t *testing.T) {
	registry := readRegistry(t).errorTypes()
	require.Greater(t, len(registry), 25)
	code := append([]string{"missed_pongs", "reconnected"}, check.ErrorTypes[:]...)
	assert.ElementsMatch(t, registry, code)
}

func TestReadmeExplainsEveryErrorType(t *testing.T) {
	_, table, found := strings.Cut(readReadme(t), "\n| `error.type` | meaning |\n")
	require.True(t, found, "the table of error.type")
	table, _, _ = strings.Cut(table, "\n\n")
	var explained []string
	for row := range strings.Lines(table) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		explained = append(explained, errorTypesIn(cell)...)
	}
	assert.ElementsMatch(t, explained, slices.DeleteFunc(readRegistry(t).errorTypes(), func(value string) bool {
		return slices.Contains(errorTypesOfTheProbeAlone, value)
	}))
}

// metricDescription is what has to be the same in the registry, in metadata.yaml and in what is emitted.
type metricDescription struct {
	// Kind is the registry's instrument: counter, gauge or histogram.
	Kind        string
	Unit        string
	Description string
	// Attributes are the keys, and whether they are there under a condition only.
	Attributes map[string]bool
}

func kindOf(t *testing.T, metric pmetric.Metric) string {
	switch metric.Type() {
	case pmetric.MetricTypeGauge:
		return "gauge"
	case pmetric.MetricTypeHistogram:
		assert.Equal(t, pmetric.AggregationTemporalityCumulative, metric.Histogram().AggregationTemporality())
		return "histogram"
	case pmetric.MetricTypeSum:
		assert.Equal(t, pmetric.AggregationTemporalityCumulative, metric.Sum().AggregationTemporality())
		if metric.Sum().IsMonotonic() {
			return "counter"
		}
	}
	return metric.Type().String()
}
