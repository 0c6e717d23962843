package check

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// testTimeout is that of checks which are not meant to run into it.
const testTimeout = 10 * time.Second

// shortTimeout is that of checks whose server lets them wait.
const shortTimeout = 200 * time.Millisecond

// failureCase is a server that does something wrong, and what a check has to say about it.
type failureCase struct {
	name      string
	url       func(t *testing.T) string
	options   Options
	outcome   Outcome
	phase     Phase
	errorType string

	// says is a part of the message. By default it is what saysByType has.
	says string
}

// runFailures runs each case, and holds that none of them takes longer than its timeouts allow.
func runFailures(t *testing.T, cases []failureCase) {
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			options := tt.options
			options.URL = mustParse(t, tt.url(t))
			start := time.Now()
			result := runCheck(t, options)
			took := time.Since(start)

			if tt.outcome == "" {
				tt.outcome = Down
			}
			assert.Equal(t, tt.outcome, result.Outcome)
			assert.Equal(t, tt.phase, result.Phase)
			assert.Equal(t, tt.errorType, result.ErrorType, "%v", result.Err)
			assert.ErrorContains(t, result.Err, cmp.Or(tt.says, saysByType(tt.errorType)))
			assert.Equal(t, tt.phasesBefore(options), lastPhases(result))
			if options.Timeout != 0 {
				assert.Less(t, took, options.Timeout+closeTimeout+time.Second)
			}
		})
	}
}

// phasesBefore are the phases that come before the one that fails, for a check with some options.
func (tt *failureCase) phasesBefore(options Options) []Phase {
	_, noAddress := netip.ParseAddr(options.URL.Hostname())
	uses := options.Ping || options.Exchange != nil || options.ExpectClose != 0
	skipped := map[Phase]bool{
		PhaseDNS:     noAddress == nil,
		PhaseTLS:     options.URL.Scheme == "ws",
		PhaseMessage: !uses,
		PhaseClose:   true,
	}
	phases := []Phase{}
	if tt.phase == "" && tt.outcome == Down {
		return phases
	}
	for _, phase := range Phases {
		if phase == tt.phase {
			break
		}
		if !skipped[phase] {
			phases = append(phases, phase)
		}
	}
	return phases
}

// lastPhases are the phases that were measured since the last redirect.
func lastPhases(result Result) []Phase {
	phases := phasesOf(result)
	for i := len(phases) - 2; i >= 0; i-- {
		if phases[i] == PhaseUpgrade && phases[i+1] != PhaseMessage {
			return phases[i+1:]
		}
	}
	return phases
}

func phasesOf(result Result) []Phase {
	phases := []Phase{}
	for _, m := range result.Measurements {
		phases = append(phases, m.Phase)
	}
	return phases
}

func durationOf(result Result, phase Phase) time.Duration {
	for _, m := range result.Measurements {
		if m.Phase == phase {
			return m.Duration
		}
	}
	return -1
}

// runCheck runs a check with the defaults of the receiver where the options leave them out.
func runCheck(t testing.TB, options Options) Result {
	t.Helper()
	checker, err := New(withDefaults(options))
	require.NoError(t, err)
	return checker.Run(context.Background())
}

func withDefaults(options Options) Options {
	if options.Timeout == 0 {
		options.Timeout = testTimeout
	}
	if options.Network == "" {
		options.Network = "tcp"
	}
	if options.MaxMessageSize == 0 {
		options.MaxMessageSize = 1 << 20
	}
	if options.Proxy == nil {
		options.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil }
	}
	if options.Exchange != nil && options.Exchange.Timeout == 0 {
		exchange := *options.Exchange
		exchange.Timeout = testTimeout
		options.Exchange = &exchange
	}
	return options
}

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	require.NoError(t, err)
	return u
}

// exchangeOf sends a text and waits for one.
func exchangeOf(send, expect string) *Exchange {
	return &Exchange{
		Send:    &Message{Payload: []byte(send)},
		Matches: func(m Message) bool { return !m.Binary && string(m.Payload) == expect },
	}
}

func TestUp(t *testing.T) {
	echo := "ws://" + checktest.HTTP(t, checktest.Echo)
	binary := &Exchange{
		Send:    &Message{Binary: true, Payload: []byte{1, 2, 3}},
		Matches: func(m Message) bool { return m.Binary && string(m.Payload) == "\x01\x02\x03" },
	}
	for _, tt := range []struct {
		name    string
		options Options
		phases  []Phase
	}{
		{"a connection alone", Options{}, []Phase{PhaseConnect, PhaseUpgrade, PhaseClose}},
		{"a ping", Options{Ping: true}, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}},
		{"a text", Options{Exchange: exchangeOf("hi", "hi")}, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}},
		{"bytes", Options{Exchange: binary}, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}},
		{
			"a text instead of the ping", Options{Ping: true, Exchange: exchangeOf("hi", "hi")},
			[]Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.options.URL = mustParse(t, echo)
			result := runCheck(t, tt.options)
			assert.Equal(t, Up, result.Outcome, "%v", result.Err)
			assert.Empty(t, result.ErrorType)
			assert.Empty(t, result.Phase)
			assert.NoError(t, result.Err)
			assert.Equal(t, tt.phases, phasesOf(result))
			assert.Zero(t, result.CertificateEnd)
			for _, m := range result.Measurements {
				assert.Positive(t, m.Duration, m.Phase)
				assert.Less(t, m.Duration, time.Second, m.Phase)
			}
		})
	}
}

func TestMessagesAreCompressedAndDecompressed(t *testing.T) {
	text := string(make([]byte, 10_000))
	result := runCheck(t, Options{
		URL:               mustParse(t, "ws://"+checktest.HTTP(t, checktest.Echo)),
		PermessageDeflate: true,
		Exchange:          exchangeOf(text, text),
	})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
}

func TestRunsShareNothing(t *testing.T) {
	checker, err := New(withDefaults(Options{
		URL:  mustParse(t, "ws://"+checktest.HTTP(t, checktest.Echo)),
		Ping: true,
	}))
	require.NoError(t, err)
	for range 3 {
		result := checker.Run(context.Background())
		assert.Equal(t, []Phase{PhaseConnect, PhaseUpgrade, PhaseMessage, PhaseClose}, phasesOf(result))
	}
}

func TestStop(t *testing.T) {
	for name, address := range map[string]string{
		"before the response": checktest.Serve(t, checktest.Wait),
		"before the pong":     checktest.Upgraded(t, waitUpgraded),
	} {
		t.Run(name, func(t *testing.T) {
			checker, err := New(withDefaults(Options{URL: mustParse(t, "ws://"+address), Ping: true}))
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(50*time.Millisecond, cancel)
			start := time.Now()
			result := checker.Run(ctx)
			assert.Equal(t, Down, result.Outcome)
			assert.Equal(t, errorTypeAborted, result.ErrorType)
			assert.Less(t, time.Since(start), time.Second)
		})
	}
}
