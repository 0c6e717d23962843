package check

import (
	"context"
	"net"
	"time"

	"github.com/coder/websocket"
)

// run is what one run has found so far. No two goroutines use it at a time.
type run struct {
	options *Options
	result  Result

	// phase was begun last, at start.
	phase Phase
	start time.Time

	// conn is the TCP connection that was made last.
	conn net.Conn

	// body is that of the response which accepted the upgrade.
	body *upgradedBody

	// upgradeTime is how long the last response to an upgrade request took.
	upgradeTime time.Duration

	// ponged is set when a pong came.
	ponged bool

	// redirected is set when more redirects were answered than the check follows.
	redirected bool
}

type runKey struct{}

// runOf is the run that a request belongs to.
func runOf(ctx context.Context) *run {
	return ctx.Value(runKey{}).(*run)
}

func (r *run) begin(phase Phase) {
	r.phase, r.start = phase, time.Now()
}

// complete ends the phase and returns how long it took.
func (r *run) complete() time.Duration {
	duration := time.Since(r.start)
	r.measure(duration)
	return duration
}

func (r *run) measure(duration time.Duration) {
	r.result.Measurements = append(r.result.Measurements, Measurement{Phase: r.phase, Duration: duration})
}

// degrade notes that a limit was passed; the first reason counts.
func (r *run) degrade(reason *failure) {
	if r.result.Outcome == Up {
		r.result.Outcome, r.result.ErrorType, r.result.Err = Degraded, reason.errorType, reason.err
	}
}

// do goes through the phases, up to the first that fails.
func (r *run) do(parent context.Context, dial websocket.DialOptions) *failure {
	dial.OnPongReceived = func(context.Context, []byte) { r.ponged = true }
	ctx, cancel := context.WithTimeout(context.WithValue(parent, runKey{}, r), r.options.Timeout)
	defer cancel()
	ws, err := r.open(ctx, &dial)
	if err != nil || ws == nil {
		return r.classify(ctx, err)
	}
	defer ws.CloseNow()
	ws.SetReadLimit(r.options.MaxMessageSize)
	if r.options.ExpectClose != 0 {
		return r.classify(ctx, r.useUntilClosed(ctx, ws))
	}
	drained, err := r.use(ctx, ws)
	if err != nil {
		return r.classify(ctx, err)
	}
	return r.close(parent, ws, drained)
}

func (r *run) finish(f *failure) Result {
	if f != nil {
		r.result.Outcome, r.result.ErrorType = Down, f.errorType
		r.result.Phase, r.result.Err = r.phase, f.err
	}
	return r.result
}
