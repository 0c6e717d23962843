package websocketcheckreceiver

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/scraper/scraperhelper"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

const (
	defaultMaxConcurrency = 50
	largestMaxConcurrency = 1000
	maxNameLength         = 128
)

// Config configures the receiver.
type Config struct {
	scraperhelper.ControllerConfig `mapstructure:",squash"`

	// Metrics turns single metrics off.
	Metrics MetricsConfig `mapstructure:"metrics"`

	// Location is where this Collector runs, as `websocket.probe.location`: at most 128 bytes. Default: none.
	Location string `mapstructure:"location"`

	// MaxConcurrency is how many checks may run at once, 1 to 1000. Others wait for them. Default: 50.
	MaxConcurrency int `mapstructure:"max_concurrency"`

	// Targets are the endpoints to check, each once per collection interval.
	Targets []TargetConfig `mapstructure:"targets"`
}

// MetricsConfig adds to the generated configuration the histogram, which mdatagen does not generate.
type MetricsConfig struct {
	metadata.MetricsConfig `mapstructure:",squash"`

	WebsocketProbeDuration DurationMetricConfig `mapstructure:"websocket.probe.duration"`
}

// DurationMetricConfig configures the websocket.probe.duration metric.
type DurationMetricConfig struct {
	Enabled bool `mapstructure:"enabled"`
}

// Validate finds what is wrong with the configuration as a whole; each target validates itself.
func (cfg *Config) Validate() error {
	var errs []error
	if len(cfg.Location) > maxNameLength {
		errs = append(errs, fmt.Errorf("location: expected at most %d bytes, got %d; "+
			"give a short name of the place, such as eu-central-1", maxNameLength, len(cfg.Location)))
	}
	if cfg.MaxConcurrency < 1 || cfg.MaxConcurrency > largestMaxConcurrency {
		errs = append(errs, fmt.Errorf("max_concurrency: expected 1 to %d, got %d; leave it out for %d",
			largestMaxConcurrency, cfg.MaxConcurrency, defaultMaxConcurrency))
	}
	if len(cfg.Targets) == 0 {
		errs = append(errs, errors.New("targets: expected at least one target, got none; "+
			"add one such as {endpoint: wss://example.com/chat}"))
	}
	return errors.Join(append(errs, cfg.validateNames())...)
}

// validateNames holds that no two targets feed the same series. Two may share a name if they are bound to different
// families of addresses, because these have series of their own. A target whose endpoint is wrong has no name yet.
func (cfg *Config) validateNames() error {
	type series struct{ name, network string }
	var errs []error
	first := map[series]int{}
	for i := range cfg.Targets {
		target := &cfg.Targets[i]
		key := series{target.checkName(), target.Network}
		if key.name == "" {
			continue
		}
		if j, taken := first[key]; taken {
			errs = append(errs, fmt.Errorf("targets::%d::name: expected a name of its own, got %q as targets::%d has; "+
				"give one of them another name", i, key.name, j))
			continue
		}
		first[key] = i
	}
	return errors.Join(errs...)
}
