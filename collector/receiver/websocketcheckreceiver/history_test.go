package websocketcheckreceiver

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
)

func TestDurationIsCountedInTheBucketWithItsUpperBound(t *testing.T) {
	for duration, bucket := range map[time.Duration]int{
		0:                     0,
		time.Millisecond:      0,
		time.Millisecond + 1:  1,
		10 * time.Second:      12,
		10*time.Second + 1:    13,
		time.Hour:             13,
		30 * time.Millisecond: 5,
	} {
		var h history
		h.add(check.Result{Outcome: check.Up, Measurements: []check.Measurement{{Phase: check.PhaseTLS, Duration: duration}}},
			time.Now())
		want := make([]uint64, 14)
		want[bucket] = 1
		assert.Equal(t, &durationHistogram{buckets: want, count: 1, sum: duration.Seconds()},
			h.durations[check.PhaseTLS], duration)
	}
}

func TestHistoryKeepsTheLifeOfTheLastCertificateThatWasSeen(t *testing.T) {
	var h history
	now := time.Now()
	h.add(check.Result{Outcome: check.Down, ErrorType: "ECONNREFUSED"}, now)
	assert.Nil(t, h.certificateLife)
	h.add(check.Result{Outcome: check.Up, CertificateEnd: now.Add(time.Hour)}, now)
	h.add(check.Result{Outcome: check.Down, ErrorType: "ECONNREFUSED"}, now.Add(time.Minute))
	assert.Equal(t, time.Hour, *h.certificateLife)
}

func TestHistoryTellsWhatIsNew(t *testing.T) {
	var h history
	for _, step := range []struct {
		outcome   check.Outcome
		errorType string
		changed   bool
	}{
		{check.Up, "", true},
		{check.Up, "", false},
		{check.Down, "503", true},
		{check.Down, "503", false},
		{check.Down, "ECONNREFUSED", true},
		{check.Degraded, "slow_round_trip", true},
		{check.Up, "", true},
	} {
		assert.Equal(t, step.changed, h.add(check.Result{Outcome: step.outcome, ErrorType: step.errorType}, time.Now()))
	}
	assert.Equal(t, []runCount{
		{check.Up, "", 3}, {check.Down, "503", 2}, {check.Down, "ECONNREFUSED", 1}, {check.Degraded, "slow_round_trip", 1},
	}, h.runs)
}
