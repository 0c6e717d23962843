package websocketcheckreceiver

import (
	"context"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/scraper"
	"go.opentelemetry.io/collector/scraper/scraperhelper"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

// NewFactory creates the factory of the websocketcheck receiver.
func NewFactory() receiver.Factory {
	return receiver.NewFactory(
		metadata.Type,
		createDefaultConfig,
		receiver.WithMetrics(createMetricsReceiver, metadata.MetricsStability),
	)
}

func createDefaultConfig() component.Config {
	return &Config{
		ControllerConfig: scraperhelper.NewDefaultControllerConfig(),
		Metrics: MetricsConfig{
			MetricsConfig:          metadata.DefaultMetricsConfig(),
			WebsocketProbeDuration: DurationMetricConfig{Enabled: true},
		},
		MaxConcurrency: defaultMaxConcurrency,
	}
}

func createMetricsReceiver(
	_ context.Context,
	settings receiver.Settings,
	config component.Config,
	next consumer.Metrics,
) (receiver.Metrics, error) {
	cfg := config.(*Config)
	checks := newScraper(cfg, settings)
	metricsScraper, err := scraper.NewMetrics(checks.scrape, scraper.WithStart(checks.start))
	if err != nil {
		return nil, err
	}
	controller, err := scraperhelper.NewMetricsController(&cfg.ControllerConfig, settings, next,
		scraperhelper.AddMetricsScraper(metadata.Type, metricsScraper))
	if err != nil {
		return nil, err
	}
	return &interruptibleReceiver{Metrics: controller, interrupt: checks.interrupt}, nil
}

// interruptibleReceiver stops the runs that go on before it shuts down. The controller alone would wait for them,
// which takes as long as their timeouts allow.
type interruptibleReceiver struct {
	receiver.Metrics
	interrupt context.CancelFunc
}

// Shutdown implements component.Component.
func (r *interruptibleReceiver) Shutdown(ctx context.Context) error {
	r.interrupt()
	return r.Metrics.Shutdown(ctx)
}
