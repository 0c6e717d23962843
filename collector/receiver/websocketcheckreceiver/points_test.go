package websocketcheckreceiver

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// point is a data point of any kind of metric.
type point struct {
	attributes  pcommon.Map
	start, time time.Time

	// int is the value, or the count of a histogram.
	int int64
	// double is the value, or the sum of a histogram.
	double float64
	// inBuckets is the sum of the counts of a histogram's buckets.
	inBuckets int64
	// bounds are those of a histogram's buckets.
	bounds []float64
}

// attribute is the value of an attribute, and empty if there is none.
func (p point) attribute(key string) string {
	value, ok := p.attributes.Get(key)
	if !ok {
		return ""
	}
	return value.AsString()
}

// points are the data points of a metric, which may be missing.
func points(t *testing.T, metrics pmetric.Metrics, name string) []point {
	t.Helper()
	for _, metric := range slices.Collect(allMetrics(metrics)) {
		if metric.Name() != name {
			continue
		}
		switch metric.Type() {
		case pmetric.MetricTypeSum:
			return numberPoints(metric.Sum().DataPoints())
		case pmetric.MetricTypeGauge:
			return numberPoints(metric.Gauge().DataPoints())
		case pmetric.MetricTypeHistogram:
			return histogramPoints(metric.Histogram().DataPoints())
		default:
			require.Fail(t, "a metric of another kind", "%v", metric.Type())
		}
	}
	return nil
}

func names(metrics pmetric.Metrics) []string {
	var all []string
	for metric := range allMetrics(metrics) {
		all = append(all, metric.Name())
	}
	return all
}

func allMetrics(metrics pmetric.Metrics) func(yield func(pmetric.Metric) bool) {
	return func(yield func(pmetric.Metric) bool) {
		for _, resource := range metrics.ResourceMetrics().All() {
			for _, scope := range resource.ScopeMetrics().All() {
				for _, metric := range scope.Metrics().All() {
					if !yield(metric) {
						return
					}
				}
			}
		}
	}
}

func numberPoints(slice pmetric.NumberDataPointSlice) []point {
	var all []point
	for _, p := range slice.All() {
		all = append(all, point{
			attributes: p.Attributes(),
			start:      p.StartTimestamp().AsTime(),
			time:       p.Timestamp().AsTime(),
			int:        p.IntValue(),
			double:     p.DoubleValue(),
		})
	}
	return all
}

func histogramPoints(slice pmetric.HistogramDataPointSlice) []point {
	var all []point
	for _, p := range slice.All() {
		inBuckets := int64(0)
		for _, count := range p.BucketCounts().All() {
			inBuckets += int64(count)
		}
		all = append(all, point{
			attributes: p.Attributes(),
			start:      p.StartTimestamp().AsTime(),
			time:       p.Timestamp().AsTime(),
			int:        int64(p.Count()),
			double:     p.Sum(),
			inBuckets:  inBuckets,
			bounds:     p.ExplicitBounds().AsRaw(),
		})
	}
	return all
}
