package websocketcheckreceiver

import (
	"fmt"
	"maps"
	"os"
	"regexp"
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

// registryFile is semconv/websocket/synthetic.yaml, as far as it is about metrics.
type registryFile struct {
	Attributes []struct {
		Key  string
		Type yaml.Node
	}
	AttributeGroups []struct {
		ID         string
		Attributes []registryRef
	} `yaml:"attribute_groups"`
	Metrics []struct {
		Name       string
		Instrument string
		Unit       string
		Brief      string
		Attributes []registryRef
	}
}

// registryRef is an attribute, or a group of them.
type registryRef struct {
	Ref              string
	RefGroup         string    `yaml:"ref_group"`
	RequirementLevel yaml.Node `yaml:"requirement_level"`
	Note             string
}

func readRegistry(t *testing.T) *registryFile {
	t.Helper()
	return readYAML[registryFile](t, "../../../semconv/websocket/synthetic.yaml")
}

func (r *registryFile) metrics(t *testing.T) map[string]metricDescription {
	t.Helper()
	all := map[string]metricDescription{}
	for _, metric := range r.Metrics {
		all[metric.Name] = metricDescription{
			Kind:        metric.Instrument,
			Unit:        metric.Unit,
			Description: strings.TrimSpace(metric.Brief),
			Attributes:  r.keys(t, metric.Attributes),
		}
	}
	require.NotEmpty(t, all)
	return all
}

// keys are those of attributes, and whether they are there under a condition only.
func (r *registryFile) keys(t *testing.T, refs []registryRef) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	for _, ref := range refs {
		if ref.RefGroup == "" {
			all[ref.Ref] = ref.RequirementLevel.Kind == yaml.MappingNode
			continue
		}
		maps.Copy(all, r.keys(t, r.group(t, ref.RefGroup)))
	}
	return all
}

func (r *registryFile) group(t *testing.T, id string) []registryRef {
	t.Helper()
	for _, group := range r.AttributeGroups {
		if group.ID == id {
			return group.Attributes
		}
	}
	require.Fail(t, "no group "+id)
	return nil
}

// members are the values of an enum, in order.
func (r *registryFile) members(key string) []string {
	var values []string
	for _, attribute := range r.Attributes {
		var enum struct{ Members []struct{ Value string } }
		if attribute.Key == key && attribute.Type.Decode(&enum) == nil {
			for _, member := range enum.Members {
				values = append(values, member.Value)
			}
		}
	}
	return values
}

// errorTypes are the values that the note on error.type lists, but for codes of system errors.
func (r *registryFile) errorTypes() []string {
	var values []string
	for _, group := range r.AttributeGroups {
		for _, ref := range group.Attributes {
			if group.ID != "websocket.probe.error.attributes" || ref.Ref != "error.type" {
				continue
			}
			for line := range strings.Lines(ref.Note) {
				if !strings.HasPrefix(line, "Why a run is ") {
					values = append(values, errorTypesIn(line)...)
				}
			}
		}
	}
	return values
}

var errorTypePattern = regexp.MustCompile("`(_OTHER|[a-z]+(?:_[a-z]+)*)`")

func errorTypesIn(text string) []string {
	var values []string
	for _, match := range errorTypePattern.FindAllStringSubmatch(text, -1) {
		values = append(values, match[1])
	}
	return values
}

// metadataFile is metadata.yaml.
type metadataFile struct {
	Attributes map[string]struct {
		Type             string
		Enum             []string
		RequirementLevel string `yaml:"requirement_level"`
	}
	Metrics map[string]metadataMetric
}

type metadataMetric struct {
	Description string
	Unit        string
	Sum         *struct {
		Monotonic   bool
		Temporality string `yaml:"aggregation_temporality"`
	}
	Gauge      *struct{}
	Attributes []string
}

func readMetadata(t *testing.T) *metadataFile {
	t.Helper()
	return readYAML[metadataFile](t, "metadata.yaml")
}

func (m metadataMetric) describe(t *testing.T, file *metadataFile) metricDescription {
	t.Helper()
	kind := "unknown"
	switch {
	case m.Gauge != nil:
		kind = "gauge"
	case m.Sum != nil && m.Sum.Monotonic && m.Sum.Temporality == "cumulative":
		kind = "counter"
	}
	attributes := map[string]bool{}
	for _, key := range m.Attributes {
		require.Contains(t, file.Attributes, key)
		attributes[key] = file.Attributes[key].RequirementLevel == "conditionally_required"
	}
	return metricDescription{Kind: kind, Unit: m.Unit, Description: m.Description, Attributes: attributes}
}

func readYAML[T any](t *testing.T, file string) *T {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	value := new(T)
	require.NoError(t, yaml.Unmarshal(content, value))
	return value
}
