package check

import (
	"bufio"
	"bytes"
	"compress/flate"
	"math"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

const (
	text   = checktest.Fin | checktest.OpText
	binary = checktest.Fin | checktest.OpBinary
)

// upgraded is a server that serves connections once they are upgraded.
func upgraded(handle func(net.Conn, *bufio.Reader)) func(*testing.T) string {
	return func(t *testing.T) string { return "ws://" + checktest.Upgraded(t, handle) }
}

func waitUpgraded(conn net.Conn, _ *bufio.Reader) { checktest.Wait(conn) }

// sending is a server that answers the first frame of a client with some bytes, and goes on to read.
func sending(data ...[]byte) func(*testing.T) string {
	return upgraded(func(conn net.Conn, reader *bufio.Reader) {
		checktest.ReadFrame(reader)
		for _, d := range data {
			if _, err := conn.Write(d); err != nil {
				return
			}
		}
		checktest.Wait(conn)
	})
}

func TestMessageFailures(t *testing.T) {
	hello := Options{Exchange: exchangeOf("hi", "hello")}
	brief := Options{Exchange: &Exchange{Matches: hello.Exchange.Matches, Send: hello.Exchange.Send, Timeout: shortTimeout}}
	ping := Options{Ping: true}
	cases := []failureCase{
		{name: "no answer", url: upgraded(waitUpgraded), options: brief, errorType: "message_timeout"},
		{
			name: "no answer within the time of the run", url: upgraded(waitUpgraded),
			options: Options{Timeout: shortTimeout, Exchange: hello.Exchange}, errorType: "message_timeout",
		},
		{
			name: "other answers", url: sending(checktest.Frame(text, []byte("no")), checktest.Frame(binary, []byte("hello"))),
			options: brief, errorType: "unexpected_message",
		},
		{
			name: "no pong", url: upgraded(waitUpgraded), options: Options{Timeout: shortTimeout, Ping: true},
			errorType: "pong_timeout",
		},
		{
			name: "a pong to another ping", url: sending(checktest.Frame(checktest.Fin|checktest.OpPong, []byte("?"))),
			options: Options{Timeout: shortTimeout, Ping: true}, errorType: "pong_timeout",
		},
		{name: "closed with 1000", url: sending(checktest.CloseFrame(1000, "")), options: hello, errorType: "1000"},
		{name: "closed with 1001", url: sending(checktest.CloseFrame(1001, "")), options: ping, errorType: "1001"},
		{
			name: "closed with 1008 and a reason", url: sending(checktest.CloseFrame(1008, "no token")), options: hello,
			errorType: "1008", says: `the reason "no token"`,
		},
		{
			name: "a reset in a message",
			url: upgraded(func(conn net.Conn, reader *bufio.Reader) {
				checktest.ReadFrame(reader)
				_, _ = conn.Write(append(checktest.FrameHead(text, 1000), "hel"...))
				checktest.ResetWhenRead(conn)
			}),
			options: hello, errorType: "ECONNRESET",
		},
		{
			name: "the end of the transport in a message",
			url: upgraded(func(conn net.Conn, reader *bufio.Reader) {
				checktest.ReadFrame(reader)
				_, _ = conn.Write(append(checktest.FrameHead(text, 1000), "hel"...))
			}),
			options: hello, errorType: "connection_lost",
		},
		{name: "closed with 1011", url: sending(checktest.CloseFrame(1011, "oops")), options: hello, errorType: "1011"},
		{name: "closed with 1013", url: sending(checktest.CloseFrame(1013, "")), options: ping, errorType: "1013"},
		{name: "closed without a code", url: sending(checktest.Frame(checktest.Fin|checktest.OpClose, nil)), options: ping, errorType: "1005"},
		{name: "closed with 3000", url: sending(checktest.CloseFrame(3000, "")), options: ping, errorType: "3000"},
		{name: "closed with 3001", url: sending(checktest.CloseFrame(3001, "")), options: ping, errorType: "unexpected_close"},
		{name: "closed with 4000", url: sending(checktest.CloseFrame(4000, "")), options: hello, errorType: "unexpected_close"},
		{
			name:      "a reset",
			url:       upgraded(func(conn net.Conn, reader *bufio.Reader) { checktest.ReadFrame(reader); checktest.Reset(conn) }),
			options:   hello,
			errorType: "ECONNRESET",
		},
		{
			name:    "a reset instead of the pong",
			url:     upgraded(func(conn net.Conn, reader *bufio.Reader) { checktest.ReadFrame(reader); checktest.Reset(conn) }),
			options: ping, errorType: "ECONNRESET",
		},
		{
			name:    "the end of the transport",
			url:     upgraded(func(_ net.Conn, reader *bufio.Reader) { checktest.ReadFrame(reader) }),
			options: hello, errorType: "connection_lost",
		},
		{
			name:    "the end of the transport instead of the pong",
			url:     upgraded(func(_ net.Conn, reader *bufio.Reader) { checktest.ReadFrame(reader) }),
			options: ping, errorType: "connection_lost",
		},
		{
			name: "the head of a frame that nobody could take", url: sending(checktest.FrameHead(text, math.MaxInt64)),
			options: hello, errorType: "message_too_large",
		},
		{
			name: "64 MiB in one frame", url: sending(checktest.FrameHead(text, 64<<20), make([]byte, 64<<20)),
			options: hello, errorType: "message_too_large",
		},
		{name: "64 MiB in fragments", url: fragments(64 << 20), options: hello, errorType: "message_too_large"},
		{name: "64 MiB while a pong is expected", url: fragments(64 << 20), options: ping, errorType: "message_too_large"},
		{
			name: "8 MiB compressed", url: compressed(8 << 20),
			options: Options{Exchange: hello.Exchange, PermessageDeflate: true}, errorType: "message_too_large",
		},
	}
	for _, broken := range []struct {
		name string
		data []byte
	}{
		{"a reserved bit", checktest.Frame(checktest.RSV1|text, []byte("hello"))},
		{"a masked frame", append([]byte{text, 0x80 | 5, 0, 0, 0, 0}, "hello"...)},
		{"a length with its highest bit", append([]byte{text, 127, 0x80}, make([]byte, 7)...)},
		{"a message within another", append(checktest.Frame(checktest.OpText, []byte("hel")), checktest.Frame(text, []byte("hello"))...)},
		{"a close reason that is not UTF-8", checktest.CloseFrame(1000, "\xFF")},
		{"a close code that does not exist", checktest.CloseFrame(999, "")},
		{"an unknown opcode", checktest.Frame(checktest.Fin|0x3, nil)},
		{"a continuation of nothing", checktest.Frame(checktest.Fin|checktest.OpContinuation, nil)},
		{"a control frame in fragments", checktest.Frame(checktest.OpPing, nil)},
		{"a control frame that is too long", checktest.Frame(checktest.Fin|checktest.OpPing, make([]byte, 126))},
		{"half a close code", checktest.Frame(checktest.Fin|checktest.OpClose, []byte{3})},
		{"a close code that must not be sent", checktest.CloseFrame(1006, "")},
		{"a text that is not UTF-8", checktest.Frame(text, []byte{0xFF})},
	} {
		cases = append(cases, failureCase{
			name: broken.name, url: sending(broken.data), options: hello, errorType: "protocol_error",
		})
	}
	for i := range cases {
		cases[i].phase = PhaseMessage
	}
	runFailures(t, cases)
}

// fragments sends a message of many frames.
func fragments(size int) func(*testing.T) string {
	return upgraded(func(conn net.Conn, reader *bufio.Reader) {
		checktest.ReadFrame(reader)
		first := byte(checktest.OpText)
		for ; size > 0; size -= 1 << 16 {
			if _, err := conn.Write(checktest.Frame(first, make([]byte, 1<<16))); err != nil {
				return
			}
			first = checktest.OpContinuation
		}
		checktest.Wait(conn)
	})
}

// compressed sends a message that is small until it is decompressed (RFC 7692 section 7.2.1).
func compressed(size int) func(*testing.T) string {
	return func(t *testing.T) string {
		var data bytes.Buffer
		writer, err := flate.NewWriter(&data, flate.BestSpeed)
		assert.NoError(t, err)
		_, err = writer.Write(make([]byte, size))
		assert.NoError(t, err)
		assert.NoError(t, writer.Flush())
		payload := bytes.TrimSuffix(data.Bytes(), []byte{0, 0, 0xFF, 0xFF})
		return "ws://" + checktest.Serve(t, func(conn net.Conn) {
			reader := checktest.Upgrade(conn, "Sec-WebSocket-Extensions: permessage-deflate")
			checktest.ReadFrame(reader)
			_, _ = conn.Write(checktest.Frame(checktest.RSV1|text, payload))
			checktest.Wait(conn)
		})
	}
}

func TestOtherMessagesArePassedOver(t *testing.T) {
	url := sending(
		checktest.Frame(text, []byte("welcome")),
		checktest.Frame(checktest.Fin|checktest.OpPing, []byte("?")),
		checktest.Frame(checktest.OpText, []byte("hel")),
		checktest.Frame(checktest.Fin|checktest.OpContinuation, []byte("lo")),
		checktest.CloseFrame(1000, ""),
	)
	result := runCheck(t, Options{URL: mustParse(t, url(t)), Exchange: exchangeOf("hi", "hello")})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
}

func TestServerSpeaksFirst(t *testing.T) {
	address := checktest.Upgraded(t, func(conn net.Conn, reader *bufio.Reader) {
		time.Sleep(30 * time.Millisecond)
		_, _ = conn.Write(checktest.Frame(text, []byte("hello")))
		answerClose(conn, reader)
	})
	exchange := exchangeOf("", "hello")
	exchange.Send = nil
	result := runCheck(t, Options{URL: mustParse(t, "ws://"+address), Exchange: exchange})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.GreaterOrEqual(t, durationOf(result, PhaseMessage), 30*time.Millisecond)
}

func TestMessagesWhileAPongIsExpected(t *testing.T) {
	address := checktest.Upgraded(t, func(conn net.Conn, reader *bufio.Reader) {
		_, payload := checktest.ReadFrame(reader)
		_, _ = conn.Write(checktest.Frame(text, []byte("welcome")))
		_, _ = conn.Write(checktest.Frame(checktest.Fin|checktest.OpPong, payload))
		_, _ = conn.Write(checktest.Frame(text, []byte("news")))
		answerClose(conn, reader)
	})
	result := runCheck(t, Options{URL: mustParse(t, "ws://"+address), Ping: true})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
}

func TestSlowRoundTripIsDegraded(t *testing.T) {
	address := checktest.Upgraded(t, func(conn net.Conn, reader *bufio.Reader) {
		checktest.ReadFrame(reader)
		time.Sleep(30 * time.Millisecond)
		_, _ = conn.Write(checktest.Frame(text, []byte("hello")))
		answerClose(conn, reader)
	})
	result := runCheck(t, Options{
		URL:          mustParse(t, "ws://"+address),
		Exchange:     exchangeOf("hi", "hello"),
		MaxRoundTrip: 10 * time.Millisecond,
	})
	assert.Equal(t, Degraded, result.Outcome)
	assert.Equal(t, "slow_round_trip", result.ErrorType)
	assert.Contains(t, phasesOf(result), PhaseMessage)
}

// answerClose takes part in a closing handshake that the client begins.
func answerClose(conn net.Conn, reader *bufio.Reader) {
	for {
		opcode, payload := checktest.ReadFrame(reader)
		switch opcode {
		case checktest.OpClose:
			_, _ = conn.Write(checktest.Frame(checktest.Fin|checktest.OpClose, payload))
			return
		case 0xFF:
			return
		}
	}
}
