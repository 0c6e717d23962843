package check

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// lateConn is the end of a connection that answers late: what follows on something that was read, by the next of the
// delays.
type lateConn struct {
	net.Conn
	delays []time.Duration
	asked  bool
}

func (c *lateConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.asked = true
	return n, err
}

func (c *lateConn) Write(p []byte) (int, error) {
	if c.asked && len(c.delays) > 0 {
		time.Sleep(c.delays[0])
		c.delays = c.delays[1:]
	}
	c.asked = false
	return c.Conn.Write(p)
}

func TestPhasesAreMeasured(t *testing.T) {
	delays := map[Phase]time.Duration{
		PhaseConnect: 0,
		PhaseTLS:     100 * time.Millisecond,
		PhaseUpgrade: 40 * time.Millisecond,
		PhaseMessage: 60 * time.Millisecond,
		PhaseClose:   80 * time.Millisecond,
	}
	authority := checktest.NewAuthority(t)
	config := &tls.Config{Certificates: []tls.Certificate{authority.Valid(t, day)}, SessionTicketsDisabled: true}
	address := checktest.Serve(t, func(conn net.Conn) {
		late := &lateConn{Conn: conn}
		for _, phase := range []Phase{PhaseTLS, PhaseUpgrade, PhaseMessage, PhaseClose} {
			late.delays = append(late.delays, delays[phase])
		}
		secured := tls.Server(late, config)
		reader := checktest.Upgrade(secured)
		_, payload := checktest.ReadFrame(reader)
		_, _ = secured.Write(checktest.Frame(text, payload))
		answerClose(secured, reader)
	})

	// The TLS handshake has work of its own: 6 ms with the race detector, and several times that on a busy machine.
	tolerance := map[Phase]time.Duration{PhaseTLS: 100 * time.Millisecond}
	// A machine that stalls adds to a measurement and takes nothing away, so the least of several is the right one.
	least := map[Phase]time.Duration{}
	isClose := func() bool {
		for phase, delay := range delays {
			if took, ok := least[phase]; !ok || took > delay+cmp.Or(tolerance[phase], 15*time.Millisecond) {
				return false
			}
		}
		return true
	}
	for attempt := 0; attempt < 10 && !isClose(); attempt++ {
		result := runCheck(t, Options{
			URL:      mustParse(t, "wss://"+address),
			TLS:      &tls.Config{RootCAs: authority.Pool()},
			Exchange: exchangeOf("hi", "hi"),
		})
		require.Equal(t, Up, result.Outcome, "%v", result.Err)
		for _, m := range result.Measurements {
			assert.GreaterOrEqual(t, m.Duration, delays[m.Phase], m.Phase)
			if took, ok := least[m.Phase]; !ok || m.Duration < took {
				least[m.Phase] = m.Duration
			}
		}
	}
	assert.True(t, isClose(), "the least durations %v for the delays %v", least, delays)
}

func TestRunsAtTheSameTime(t *testing.T) {
	lost := checktest.Upgraded(t, func(_ net.Conn, reader *bufio.Reader) { checktest.ReadFrame(reader) })
	for _, tt := range []struct {
		name, address, errorType string
		outcome                  Outcome
	}{
		{"that succeed", checktest.HTTP(t, checktest.Echo), "", Up},
		{"that fail", lost, "connection_lost", Down},
	} {
		t.Run(tt.name, func(t *testing.T) {
			checker, err := New(withDefaults(Options{
				URL: mustParse(t, "ws://"+tt.address), PermessageDeflate: true, Ping: true,
				Header: http.Header{"X-Tenant": {"a"}},
			}))
			require.NoError(t, err)
			var runs sync.WaitGroup
			for range 32 {
				runs.Go(func() {
					result := checker.Run(context.Background())
					assert.Equal(t, tt.outcome, result.Outcome, "%v", result.Err)
					assert.Equal(t, tt.errorType, result.ErrorType)
				})
			}
			runs.Wait()
		})
	}
}

func TestCompressionIsOfferedIfItIsWanted(t *testing.T) {
	offers := make(chan string, 1)
	address := checktest.HTTP(t, func(w http.ResponseWriter, req *http.Request) {
		offers <- req.Header.Get("Sec-WebSocket-Extensions")
		checktest.Echo(w, req)
	})
	for _, wanted := range []bool{true, false} {
		result := runCheck(t, Options{URL: mustParse(t, "ws://"+address), PermessageDeflate: wanted, Ping: true})
		assert.Equal(t, Up, result.Outcome, "%v", result.Err)
		if offer := <-offers; wanted {
			assert.Contains(t, offer, "permessage-deflate")
		} else {
			assert.Empty(t, offer)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	authority := checktest.NewAuthority(t)
	certificate := authority.Issue(t, "client.example.com", time.Now().Add(-time.Hour), time.Now().Add(day))
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			names := make(chan []string, 1)
			address := checktest.HTTPSWith(t, &tls.Config{
				Certificates: []tls.Certificate{authority.Valid(t, day)},
				ClientAuth:   tls.RequireAnyClientCert,
				MaxVersion:   version,
			}, func(w http.ResponseWriter, req *http.Request) {
				names <- slices.Clone(req.TLS.PeerCertificates[0].DNSNames)
				checktest.Echo(w, req)
			})
			result := runCheck(t, Options{
				URL:  mustParse(t, "wss://"+address),
				TLS:  &tls.Config{RootCAs: authority.Pool(), Certificates: []tls.Certificate{certificate}},
				Ping: true,
			})
			assert.Equal(t, Up, result.Outcome, "%v", result.Err)
			assert.Equal(t, []string{"client.example.com"}, <-names)
		})
	}
}
