package websocketcheckreceiver

import (
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/receiver"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

// outcomes are the generated values of websocket.probe.result.
var outcomes = map[check.Outcome]metadata.AttributeWebsocketProbeResult{
	check.Up:       metadata.AttributeWebsocketProbeResultUp,
	check.Degraded: metadata.AttributeWebsocketProbeResultDegraded,
	check.Down:     metadata.AttributeWebsocketProbeResultDown,
}

// metricsWriter writes the histories of targets as metrics.
type metricsWriter struct {
	builder   *metadata.MetricsBuilder
	durations DurationMetricConfig
	build     component.BuildInfo
	start     pcommon.Timestamp
}

func newMetricsWriter(cfg MetricsConfig, settings receiver.Settings) *metricsWriter {
	start := pcommon.NewTimestampFromTime(time.Now())
	builderCfg := metadata.MetricsBuilderConfig{Metrics: cfg.MetricsConfig}
	return &metricsWriter{
		builder:   metadata.NewMetricsBuilder(builderCfg, settings, metadata.WithStartTime(start)),
		durations: cfg.WebsocketProbeDuration,
		build:     settings.BuildInfo,
		start:     start,
	}
}

// write returns the metrics of those targets that have been run.
func (w *metricsWriter) write(targets []*target) pmetric.Metrics {
	now := pcommon.NewTimestampFromTime(time.Now())
	for _, t := range targets {
		if t.history.last.Outcome != "" {
			w.record(now, t)
		}
	}
	metrics := w.builder.Emit()
	if w.durations.Enabled {
		w.appendDurations(metrics, now, targets)
	}
	return metrics
}

// record gives the builder the metrics that mdatagen generates.
func (w *metricsWriter) record(now pcommon.Timestamp, t *target) {
	a, h := &t.attributes, &t.history
	var optional []metadata.MetricAttributeOption
	if a.location != "" {
		optional = append(optional, metadata.WithWebsocketProbeLocationMetricAttribute(a.location))
	}
	if a.network != "" {
		optional = append(optional, metadata.WithNetworkTypeMetricAttribute(a.network))
	}
	for _, r := range h.runs {
		options := optional[:len(optional):len(optional)]
		if r.errorType != "" {
			options = append(options, metadata.WithErrorTypeMetricAttribute(r.errorType))
		}
		w.builder.RecordWebsocketProbeRunsDataPoint(
			now, r.count, a.name, a.address, a.port, outcomes[r.outcome], options...)
	}
	up := int64(1)
	if h.last.Outcome == check.Down {
		up = 0
	}
	w.builder.RecordWebsocketProbeUpDataPoint(now, up, a.name, a.address, a.port, optional...)
	if h.certificateLife != nil {
		w.builder.RecordWebsocketProbeTLSExpiryDataPoint(
			now, h.certificateLife.Seconds(), a.name, a.address, a.port, optional...)
	}
}
