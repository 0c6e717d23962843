package websocketcheckreceiver

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

func TestReadmeNamesEveryField(t *testing.T) {
	readme := readReadme(t)
	for _, config := range []any{Config{}, TargetConfig{}, MessageConfig{}} {
		for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
			key := field.Tag.Get("mapstructure")
			if len(field.Index) == 1 && !strings.HasPrefix(key, ",") {
				assert.Regexp(t, "(?m)^\\| .*`"+regexp.QuoteMeta(key)+"`.* \\|", readme, key)
			}
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[ExpectConfig]()) {
		assert.Contains(t, readme, "\n| `expect::"+field.Tag.Get("mapstructure")+"` |")
	}
}

func TestReadmeExamplesAreValid(t *testing.T) {
	t.Setenv("REGION", "eu-central-1")
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readReadme(t), -1)
	require.Len(t, blocks, 6)
	for _, block := range blocks {
		retrieved, err := confmap.NewRetrievedFromYAML([]byte(os.ExpandEnv(strings.ReplaceAll(block[1], "env:", ""))))
		require.NoError(t, err)
		conf, err := retrieved.AsConf()
		require.NoError(t, err)
		sub, err := conf.Sub("receivers::" + component.NewID(metadata.Type).String())
		require.NoError(t, err)
		cfg := createDefaultConfig().(*Config)
		require.NoError(t, sub.Unmarshal(cfg), block[1])
		require.NoError(t, confmap.Validate(cfg), block[1])
	}
}

func readReadme(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(readme)
}
