package websocketcheckreceiver

import (
	"slices"
	"time"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
)

// durationBounds are the upper bounds of the buckets of websocket.probe.duration, in seconds.
var durationBounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// history is what the runs of a target have found since the receiver started. Its size is bounded by the phases and
// by the values of error.type.
type history struct {
	runs      []runCount
	durations map[check.Phase]*durationHistogram

	// last is what the last run found. Its outcome is empty before the first has ended.
	last check.Result

	// certificateLife is that of the last certificate that was seen, at the time when it was.
	certificateLife *time.Duration
}

// runCount counts the runs of one outcome and error.type.
type runCount struct {
	outcome   check.Outcome
	errorType string
	count     int64
}

// durationHistogram counts the durations of a phase: one more bucket than there are bounds, the sum in seconds.
type durationHistogram struct {
	buckets []uint64
	count   uint64
	sum     float64
}

// add notes a run that ended at a time. It reports whether the run found something else than the one before it.
func (h *history) add(result check.Result, end time.Time) (changed bool) {
	h.countRun(result)
	for _, m := range result.Measurements {
		h.addDuration(m)
	}
	if !result.CertificateEnd.IsZero() {
		life := result.CertificateEnd.Sub(end)
		h.certificateLife = &life
	}
	changed = h.last.Outcome != result.Outcome || h.last.ErrorType != result.ErrorType
	h.last = result
	return changed
}

func (h *history) countRun(result check.Result) {
	i := slices.IndexFunc(h.runs, func(r runCount) bool {
		return r.outcome == result.Outcome && r.errorType == result.ErrorType
	})
	if i < 0 {
		i = len(h.runs)
		h.runs = append(h.runs, runCount{outcome: result.Outcome, errorType: result.ErrorType})
	}
	h.runs[i].count++
}

func (h *history) addDuration(m check.Measurement) {
	if h.durations == nil {
		h.durations = map[check.Phase]*durationHistogram{}
	}
	histogram := h.durations[m.Phase]
	if histogram == nil {
		histogram = &durationHistogram{buckets: make([]uint64, len(durationBounds)+1)}
		h.durations[m.Phase] = histogram
	}
	seconds := m.Duration.Seconds()
	bucket, _ := slices.BinarySearch(durationBounds, seconds)
	histogram.buckets[bucket]++
	histogram.count++
	histogram.sum += seconds
}
