package check

import (
	"bufio"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// closing is a server that waits for a close frame and answers it with some bytes.
func closing(answer []byte) func(*testing.T) string {
	return upgraded(func(conn net.Conn, reader *bufio.Reader) {
		for opcode := byte(0); opcode != checktest.OpClose; {
			if opcode, _ = checktest.ReadFrame(reader); opcode == 0xFF {
				return
			}
		}
		_, _ = conn.Write(answer)
	})
}

func TestCloseFailures(t *testing.T) {
	flood := func(conn net.Conn, _ *bufio.Reader) {
		for {
			if _, err := conn.Write(checktest.Frame(text, make([]byte, 1000))); err != nil {
				return
			}
		}
	}
	runFailures(t, []failureCase{
		{name: "no close frame", url: upgraded(waitUpgraded), outcome: Degraded, errorType: "close_timeout"},
		{name: "messages without an end", url: upgraded(flood), outcome: Degraded, errorType: "close_timeout"},
		{name: "the end of the transport", url: closing(nil), outcome: Degraded, errorType: "unclean_close"},
		{
			name:    "the end of the transport after a pong",
			url:     pongThen(func(net.Conn, *bufio.Reader) {}, 50*time.Millisecond),
			options: Options{Ping: true}, outcome: Degraded, errorType: "unclean_close",
		},
		{
			name: "a reset",
			url: upgraded(func(conn net.Conn, reader *bufio.Reader) {
				checktest.ReadFrame(reader)
				checktest.Reset(conn)
			}),
			outcome: Degraded, errorType: "unclean_close",
		},
		{
			name: "a broken frame", url: closing(checktest.Frame(checktest.Fin|0x3, nil)),
			phase: PhaseClose, errorType: "protocol_error",
		},
		{
			name: "a reason of its own", url: closing(checktest.CloseFrame(1011, "")),
			phase: PhaseClose, errorType: "1011",
		},
	})
}

// pongThen answers a ping and then a close frame, the latter with what handle does after a while.
func pongThen(handle func(net.Conn, *bufio.Reader), wait time.Duration) func(*testing.T) string {
	return upgraded(func(conn net.Conn, reader *bufio.Reader) {
		_, payload := checktest.ReadFrame(reader)
		_, _ = conn.Write(checktest.Frame(checktest.Fin|checktest.OpPong, payload))
		checktest.ReadFrame(reader)
		time.Sleep(wait)
		handle(conn, reader)
	})
}

func TestCloseThatCrossesOurs(t *testing.T) {
	for name, code := range map[string]uint16{"normal closure": 1000, "going away": 1001} {
		t.Run(name, func(t *testing.T) {
			url := closing(checktest.CloseFrame(code, ""))(t)
			result := runCheck(t, Options{URL: mustParse(t, url)})
			assert.Equal(t, Up, result.Outcome, "%v", result.Err)
			assert.Contains(t, phasesOf(result), PhaseClose)
		})
	}
}

// closingFirst is a server that answers a ping and closes the connection with the next bytes it sends.
func closingFirst(frame []byte) func(*testing.T) string {
	return upgraded(func(conn net.Conn, reader *bufio.Reader) {
		_, payload := checktest.ReadFrame(reader)
		_, _ = conn.Write(append(checktest.Frame(checktest.Fin|checktest.OpPong, payload), frame...))
		checktest.Wait(conn)
	})
}

func TestCloseAfterAPong(t *testing.T) {
	for range 20 {
		result := runCheck(t, Options{URL: mustParse(t, closingFirst(checktest.CloseFrame(1001, ""))(t)), Ping: true})
		assert.Equal(t, Up, result.Outcome, "%v", result.Err)

		result = runCheck(t, Options{URL: mustParse(t, closingFirst(checktest.CloseFrame(1012, ""))(t)), Ping: true})
		assert.Equal(t, Down, result.Outcome)
		assert.Equal(t, "1012", result.ErrorType, "%v", result.Err)
	}
}

func TestExpectedClose(t *testing.T) {
	expecting := func(code int) Options { return Options{ExpectClose: code, Ping: true, Timeout: shortTimeout} }
	first := func(data []byte) func(*testing.T) string {
		return upgraded(func(conn net.Conn, _ *bufio.Reader) {
			_, _ = conn.Write(data)
			checktest.Wait(conn)
		})
	}
	greeting := checktest.Frame(text, []byte("no token"))
	for name, tt := range map[string]struct {
		url     func(*testing.T) string
		options Options
		phases  []Phase
	}{
		"at once":                 {first(checktest.CloseFrame(4001, "")), expecting(4001), []Phase{PhaseMessage}},
		"without a code":          {first(checktest.Frame(checktest.Fin|checktest.OpClose, nil)), expecting(1005), []Phase{PhaseMessage}},
		"after another message":   {first(append(greeting, checktest.CloseFrame(1008, "")...)), expecting(1008), []Phase{PhaseMessage}},
		"after the round trip":    {sending(greeting, checktest.CloseFrame(1008, "")), exchangeThenClose(1008), []Phase{PhaseMessage, PhaseMessage}},
		"after a ping of its own": {first(append(checktest.Frame(0x89, nil), checktest.CloseFrame(1000, "")...)), expecting(1000), []Phase{PhaseMessage}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.options.URL = mustParse(t, tt.url(t))
			result := runCheck(t, tt.options)
			assert.Equal(t, Up, result.Outcome, "%v", result.Err)
			assert.Equal(t, append([]Phase{PhaseConnect, PhaseUpgrade}, tt.phases...), phasesOf(result))
		})
	}
	runFailures(t, []failureCase{
		{
			name: "the code with a reason that is not UTF-8", url: first(checktest.CloseFrame(4001, "\xFF")), options: expecting(4001),
			phase: PhaseMessage, errorType: "protocol_error",
		},
		{
			name: "another code", url: first(checktest.CloseFrame(1008, "")), options: expecting(4001),
			phase: PhaseMessage, errorType: "1008", says: "with the code 1008, not 4001",
		},
		{
			name: "no close", url: upgraded(waitUpgraded), options: expecting(4001),
			phase: PhaseMessage, errorType: "message_timeout", says: "the server did not close the connection",
		},
		{
			name: "the end of the transport", url: upgraded(func(net.Conn, *bufio.Reader) {}),
			options: expecting(4001), phase: PhaseMessage, errorType: "connection_lost",
		},
	})
}

func exchangeThenClose(code int) Options {
	return Options{ExpectClose: code, Exchange: exchangeOf("hi", "no token")}
}
