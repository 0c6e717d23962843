package check

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

const (
	dnsNameError     = dnsmessage.RCodeNameError
	dnsServerFailure = dnsmessage.RCodeServerFailure
)

// answerNames lets every name have an address, until the end of the test.
func answerNames(t *testing.T, address netip.Addr) {
	resolveWith(t, func(question dnsmessage.Message) *dnsmessage.Message {
		answer := &dnsmessage.Message{Questions: question.Questions}
		answer.Header = dnsmessage.Header{ID: question.ID, Response: true, RecursionAvailable: true}
		if question.Questions[0].Type == dnsmessage.TypeA {
			answer.Answers = []dnsmessage.Resource{{
				Header: dnsmessage.ResourceHeader{Name: question.Questions[0].Name, Class: dnsmessage.ClassINET},
				Body:   &dnsmessage.AResource{A: address.As4()},
			}}
		}
		return answer
	})
}

// answerError answers every question with an error.
func answerError(t *testing.T, code dnsmessage.RCode) {
	resolveWith(t, func(question dnsmessage.Message) *dnsmessage.Message {
		header := dnsmessage.Header{ID: question.ID, Response: true, RecursionAvailable: true, RCode: code}
		return &dnsmessage.Message{Header: header, Questions: question.Questions}
	})
}

// answerNothing leaves every question without an answer.
func answerNothing(t *testing.T) {
	resolveWith(t, func(dnsmessage.Message) *dnsmessage.Message { return nil })
}

// resolveWith replaces the resolver of the process by a DNS server of the test.
func resolveWith(t *testing.T, answer func(dnsmessage.Message) *dnsmessage.Message) {
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		serveDNS(t, server, answer)
	}()
	previous := net.DefaultResolver
	clients := make(chan net.Conn, 100)
	net.DefaultResolver = &net.Resolver{
		PreferGo: true,
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
			if err == nil {
				clients <- conn
			}
			return conn, err
		},
	}
	t.Cleanup(func() {
		net.DefaultResolver = previous
		server.Close()
		<-stopped
		// A question that was given up goes on for five seconds otherwise.
		for range len(clients) {
			(<-clients).Close()
		}
	})
}

func serveDNS(t *testing.T, server net.PacketConn, answer func(dnsmessage.Message) *dnsmessage.Message) {
	buffer := make([]byte, 512)
	for {
		n, client, err := server.ReadFrom(buffer)
		if err != nil {
			return
		}
		var question dnsmessage.Message
		assert.NoError(t, question.Unpack(buffer[:n]))
		if message := answer(question); message != nil {
			packed, err := message.Pack()
			assert.NoError(t, err)
			_, _ = server.WriteTo(packed, client)
		}
	}
}

func portOf(address netip.AddrPort) string {
	return strconv.Itoa(int(address.Port()))
}
