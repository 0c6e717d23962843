package check

import (
	"net"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// freePort is the address of a port on which nothing listens.
func freePort(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func TestConnectFailures(t *testing.T) {
	runFailures(t, []failureCase{
		{
			name: "a port on which nothing listens", url: func(t *testing.T) string { return "ws://" + freePort(t) },
			phase: PhaseConnect, errorType: "ECONNREFUSED",
		},
		{
			name: "no address of the family", url: func(*testing.T) string { return "ws://127.0.0.1" },
			options: Options{Network: "tcp6"}, phase: PhaseConnect, errorType: "ENOTFOUND", says: `no suitable address`,
		},
	})
}

func TestIPv6(t *testing.T) {
	if listener, err := net.Listen("tcp6", "[::1]:0"); err != nil {
		t.Skip("this machine has no IPv6 loopback")
	} else {
		listener.Close()
	}
	address := checktest.ServeOn(t, "[::1]:0", func(conn net.Conn) { answerClose(conn, checktest.Upgrade(conn)) })
	for _, network := range []string{"tcp", "tcp6"} {
		result := runCheck(t, Options{URL: mustParse(t, "ws://"+address), Network: network})
		assert.Equal(t, Up, result.Outcome, "%v", result.Err)
		assert.Equal(t, []Phase{PhaseConnect, PhaseUpgrade, PhaseClose}, phasesOf(result))
	}
}

func TestNamesAreResolved(t *testing.T) {
	address := netip.MustParseAddrPort(checktest.HTTP(t, checktest.Echo))
	answerNames(t, netip.MustParseAddr("127.0.0.1"))
	url := mustParse(t, "ws://chat.example.com")
	url.Host = net.JoinHostPort("chat.example.com", portOf(address))
	result := runCheck(t, Options{URL: url, Network: "tcp4"})
	assert.Equal(t, Up, result.Outcome, "%v", result.Err)
	assert.Equal(t, []Phase{PhaseDNS, PhaseConnect, PhaseUpgrade, PhaseClose}, phasesOf(result))
}

func TestDNSFailures(t *testing.T) {
	named := func(answer func(*testing.T)) func(*testing.T) string {
		return func(t *testing.T) string {
			answer(t)
			return "ws://chat.example.com"
		}
	}
	runFailures(t, []failureCase{
		{
			name: "no such name", url: named(func(t *testing.T) { answerError(t, dnsNameError) }),
			phase: PhaseDNS, errorType: "ENOTFOUND",
		},
		{
			name: "a failing server", url: named(func(t *testing.T) { answerError(t, dnsServerFailure) }),
			phase: PhaseDNS, errorType: "EAI_AGAIN",
		},
		{
			name: "no answer", url: named(answerNothing), options: Options{Timeout: shortTimeout},
			phase: PhaseDNS, errorType: "dns_timeout",
		},
	})
}
