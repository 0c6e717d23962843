package websocketcheckreceiver

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/metadata"
)

// The code that mdatagen generates for a histogram does not compile, so websocket.probe.duration is written here.
const (
	durationMetricName        = "websocket.probe.duration"
	durationMetricDescription = "Duration of the phases of synthetic checks."
	durationMetricUnit        = "s"
)

// appendDurations adds websocket.probe.duration to metrics, if a phase of any target was measured.
func (w *metricsWriter) appendDurations(metrics pmetric.Metrics, now pcommon.Timestamp, targets []*target) {
	metric := pmetric.NewMetric()
	metric.SetName(durationMetricName)
	metric.SetDescription(durationMetricDescription)
	metric.SetUnit(durationMetricUnit)
	histogram := metric.SetEmptyHistogram()
	histogram.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
	for _, t := range targets {
		for _, phase := range check.Phases {
			if durations := t.history.durations[phase]; durations != nil {
				point := histogram.DataPoints().AppendEmpty()
				point.SetStartTimestamp(w.start)
				point.SetTimestamp(now)
				durations.writeTo(point)
				t.attributes.writeTo(point.Attributes())
				point.Attributes().PutStr("websocket.probe.phase", string(phase))
			}
		}
	}
	if histogram.DataPoints().Len() > 0 {
		metric.MoveTo(w.metricSlice(metrics).AppendEmpty())
	}
}

// metricSlice is where the builder put its metrics, or a new one if all of them are turned off.
func (w *metricsWriter) metricSlice(metrics pmetric.Metrics) pmetric.MetricSlice {
	if metrics.ResourceMetrics().Len() > 0 {
		return metrics.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	}
	scope := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty()
	scope.Scope().SetName(metadata.ScopeName)
	scope.Scope().SetVersion(w.build.Version)
	return scope.Metrics()
}

func (h *durationHistogram) writeTo(point pmetric.HistogramDataPoint) {
	point.SetCount(h.count)
	point.SetSum(h.sum)
	point.ExplicitBounds().FromRaw(durationBounds)
	point.BucketCounts().FromRaw(h.buckets)
}

func (a *targetAttributes) writeTo(attributes pcommon.Map) {
	attributes.PutStr("websocket.probe.name", a.name)
	attributes.PutStr("server.address", a.address)
	attributes.PutInt("server.port", a.port)
	if a.location != "" {
		attributes.PutStr("websocket.probe.location", a.location)
	}
	if a.network != "" {
		attributes.PutStr("network.type", a.network)
	}
}
