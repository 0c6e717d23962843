package check

import "time"

// Phase is a part of a run, as in the attribute websocket.probe.phase.
type Phase string

// The phases in the order in which they follow each other.
const (
	PhaseDNS     Phase = "dns"
	PhaseConnect Phase = "connect"
	PhaseTLS     Phase = "tls"
	PhaseUpgrade Phase = "upgrade"
	PhaseMessage Phase = "message"
	PhaseClose   Phase = "close"
)

// Phases are all phases, in order.
var Phases = [...]Phase{PhaseDNS, PhaseConnect, PhaseTLS, PhaseUpgrade, PhaseMessage, PhaseClose}

// Outcome is what a run found, as in the attribute websocket.probe.result.
type Outcome string

const (
	// Up means that everything was as expected.
	Up Outcome = "up"
	// Degraded means that everything worked, and that a limit was passed.
	Degraded Outcome = "degraded"
	// Down means that a phase failed, or that an answer was not as expected.
	Down Outcome = "down"
)

// Measurement is how long a phase took that was completed.
type Measurement struct {
	Phase    Phase
	Duration time.Duration
}

// Result is what a run found.
type Result struct {
	Outcome Outcome

	// ErrorType is why the outcome is not Up: for Degraded the first reason.
	ErrorType string

	// Phase is the one that failed, if the outcome is Down and a phase was begun.
	Phase Phase

	// Err is the error behind ErrorType, without secrets. It may be nil for Degraded.
	Err error

	// Measurements are the phases that were completed; where redirects were followed, those of each.
	Measurements []Measurement

	// CertificateEnd is when the first certificate of the server's chain expires, whether or not it was accepted.
	// Zero if none was seen.
	CertificateEnd time.Time
}
