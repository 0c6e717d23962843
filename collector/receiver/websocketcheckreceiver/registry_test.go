package websocketcheckreceiver

import (
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

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
