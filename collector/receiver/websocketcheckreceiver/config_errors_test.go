package websocketcheckreceiver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each message names the field, what was expected, what was given, and how to mend it.
func TestConfigRefusesWhatIsWrong(t *testing.T) {
	long := strings.Repeat("x", 129)
	for _, tt := range []struct {
		name string
		yaml string
		err  string
	}{
		{
			"no targets", `location: office`,
			`targets: expected at least one target, got none; add one such as {endpoint: wss://example.com/chat}`,
		},
		{
			"long location", `{location: ` + long + `, targets: [{endpoint: "ws://a"}]}`,
			`location: expected at most 128 bytes, got 129; give a short name of the place, such as eu-central-1`,
		},
		{
			"several things", `{max_concurrency: 0, targets: []}`,
			"max_concurrency: expected 1 to 1000, got 0; leave it out for 50\n" +
				"targets: expected at least one target, got none; add one such as {endpoint: wss://example.com/chat}",
		},
		{
			"no concurrency", `{max_concurrency: 0, targets: [{endpoint: "ws://a"}]}`,
			`max_concurrency: expected 1 to 1000, got 0; leave it out for 50`,
		},
		{
			"too much concurrency", `{max_concurrency: 1001, targets: [{endpoint: "ws://a"}]}`,
			`max_concurrency: expected 1 to 1000, got 1001; leave it out for 50`,
		},
		{
			"no interval", `{collection_interval: 0s, targets: [{endpoint: "ws://a"}]}`,
			`controllerconfig: "collection_interval": requires positive value`,
		},
		{
			"negative timeout of a scrape", `{timeout: -1s, targets: [{endpoint: "ws://a"}]}`,
			`controllerconfig: "timeout": requires positive value`,
		},
		{
			"unknown key", `{target: [{endpoint: "ws://a"}]}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'websocketcheckreceiver.Config' has invalid keys: target",
		},
		{
			"unknown metric", `{metrics: {websocket.probe.downs: {enabled: true}}, targets: [{endpoint: "ws://a"}]}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'metrics' has invalid keys: websocket.probe.downs",
		},
		{
			"the same name twice", `targets: [{name: chat, endpoint: "ws://a"}, {endpoint: "ws://b"}, {name: chat, endpoint: "ws://c"}]`,
			`targets::2::name: expected a name of its own, got "chat" as targets::0 has; give one of them another name`,
		},
		{
			"two targets without endpoints", `targets: [{}, {}]`,
			"targets::0: endpoint: expected a URL such as wss://example.com/chat, got none; set it to the URL to check\ntargets::1: endpoint: expected a URL such as wss://example.com/chat, got none; set it to the URL to check",
		},
		{
			"the same endpoint twice", `targets: [{endpoint: "ws://a/b?token=1"}, {endpoint: "ws://a:80/b?token=2"}]`,
			`targets::1::name: expected a name of its own, got "a/b" as targets::0 has; give one of them another name`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := configFromYAML(t, tt.yaml)
			require.EqualError(t, err, tt.err)
		})
	}
}

func TestConfigRefusesWhatIsWrongWithATarget(t *testing.T) {
	long := strings.Repeat("x", 129)
	for _, tt := range []struct {
		name string
		yaml string
		err  string
	}{
		{
			"no endpoint", `{name: chat}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got none; set it to the URL to check`,
		},
		{
			"endpoint of another scheme", `{endpoint: "ftp://user:secret@a/"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: its scheme is not one of ws, wss, http, https; correct it`,
		},
		{
			"endpoint without a scheme", `{endpoint: "example.com/chat"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: its scheme is not one of ws, wss, http, https; correct it`,
		},
		{
			"endpoint without a host", `{endpoint: "ws:///chat"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: it has no host; correct it`,
		},
		{
			"endpoint with a fragment", `{endpoint: "ws://a/#b"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: it has a fragment, which a WebSocket URL cannot have; correct it`,
		},
		{
			"endpoint with a bad port", `{endpoint: "ws://a:70000"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: its port is not a number from 1 to 65535; correct it`,
		},
		{
			"endpoint that is no URL", `{endpoint: "ws://user:secret@a:b/"}`,
			`targets::0: endpoint: expected a URL such as wss://example.com/chat, got another value: invalid port ":b" after host; correct it`,
		},
		{
			"name with credentials", `{name: "ws://user:secret@a", endpoint: "ws://a"}`,
			`targets::0: name: expected a name without credentials, got a URL with user information; leave name out for the host and the path of the endpoint`,
		},
		{
			"long name", `{name: ` + long + `, endpoint: "ws://a"}`,
			`targets::0: name: expected at most 128 bytes, got 129; shorten it`,
		},
		{
			"unknown key of a target", `{endpoint: "ws://a", url: "ws://a"}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'targets[0]' decoding failed due to the following error(s):\n\n'websocketcheckreceiver.TargetConfig' has invalid keys: url",
		},
		{
			"no timeout", `{endpoint: "ws://a", timeout: 0s}`,
			`targets::0: timeout: expected a positive duration, got 0s; leave it out for 10s`,
		},
		{
			"timeout that is no duration", `{endpoint: "ws://a", timeout: soon}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'targets[0]' decoding failed due to the following error(s):\n\n'timeout' time: invalid duration",
		},
		{
			"compressed bodies", `{endpoint: "ws://a", compression: gzip}`,
			`targets::0: compression: expected nothing, got "gzip", which compresses request bodies and an upgrade has none; set permessage_deflate to compress messages`,
		},
		{
			"HTTP/2", `{endpoint: "ws://a", force_attempt_http2: true}`,
			`targets::0: force_attempt_http2, http2_read_idle_timeout, http2_ping_timeout: expected nothing, got a setting of HTTP/2, while the upgrade is one of HTTP/1.1; leave them out`,
		},
		{
			"cookies", `{endpoint: "ws://a", cookies: {}}`,
			`targets::0: cookies: expected nothing, got a cookie jar, which runs would share; set a Cookie in headers`,
		},
		{
			"proxy of another scheme", `{endpoint: "ws://a", proxy_url: "socks5://user:secret@a"}`,
			`targets::0: proxy_url: expected a URL such as http://proxy.example.com:3128, got another value; only http and https proxies open a tunnel`,
		},
		{
			"header of the handshake", `{endpoint: "ws://a", headers: {sec-websocket-protocol: chat}}`,
			`targets::0: headers: expected fields that the handshake leaves to you, got "sec-websocket-protocol"; remove it, and use subprotocols and permessage_deflate for what is negotiated`,
		},
		{
			"header that is no token", `{endpoint: "ws://a", headers: {"X Tenant": acme}}`,
			`targets::0: headers: expected names that are tokens (RFC 9110 section 5.6.2), got "X Tenant"; correct it`,
		},
		{
			"subprotocol that is no token", `{endpoint: "ws://a", subprotocols: [chat, "a b"]}`,
			`targets::0: subprotocols::1: expected a token (RFC 9110 section 5.6.2) that is offered once, got "a b"; correct or remove it`,
		},
		{
			"subprotocol twice", `{endpoint: "ws://a", subprotocols: [chat, chat]}`,
			`targets::0: subprotocols::1: expected a token (RFC 9110 section 5.6.2) that is offered once, got "chat"; correct or remove it`,
		},
		{
			"unknown network", `{endpoint: "ws://a", network: tcp4}`,
			`targets::0: network: expected any, ipv4 or ipv6, got "tcp4"; leave it out for any`,
		},
		{
			"network of another family", `{endpoint: "ws://[::1]", network: ipv4}`,
			`targets::0: network: expected the family of the endpoint's address, got "ipv4"; leave network out`,
		},
		{
			"negative redirects", `{endpoint: "ws://a", max_redirects: -1}`,
			`targets::0: max_redirects: expected 0 to 20, got -1; leave it out to follow none`,
		},
		{
			"too many redirects", `{endpoint: "ws://a", max_redirects: 21}`,
			`targets::0: max_redirects: expected 0 to 20, got 21; leave it out to follow none`,
		},
		{
			"status of an acceptance", `{endpoint: "ws://a", expect_status: 101}`,
			`targets::0: expect_status: expected the status of a refusal, 200 to 599, got 101; leave it out when the upgrade is to be accepted`,
		},
		{
			"refusal and message", `{endpoint: "ws://a", expect_status: 401, message: {expect: {text: pong}}}`,
			`targets::0: expect_status: expected no message and no expect_close beside it, got one, while a refused upgrade has no connection; remove one of them`,
		},
		{
			"refusal and close", `{endpoint: "ws://a", expect_status: 401, expect_close: 1000}`,
			`targets::0: expect_status: expected no message and no expect_close beside it, got one, while a refused upgrade has no connection; remove one of them`,
		},
		{
			"close code that is never sent", `{endpoint: "ws://a", expect_close: 1006}`,
			`targets::0: expect_close: expected a code that a server can send, such as 1000, or 1005 for a close frame without one, got 1006; see RFC 6455 section 7.4`,
		},
		{
			"negative round trip", `{endpoint: "ws://a", max_round_trip: -1s}`,
			`targets::0: max_round_trip: expected a positive duration, got -1s; leave it out for no limit`,
		},
		{
			"round trip of a refusal", `{endpoint: "ws://a", expect_status: 401, max_round_trip: 1s}`,
			`targets::0: max_round_trip: expected a round trip to measure, got a check without one; add a message or a ping, or leave max_round_trip out`,
		},
		{
			"round trip without a ping", `{endpoint: "ws://a", ping: false, max_round_trip: 1s}`,
			`targets::0: max_round_trip: expected a round trip to measure, got a check without one; add a message or a ping, or leave max_round_trip out`,
		},
		{
			"round trip without a message", `{endpoint: "ws://a", expect_close: 1000, max_round_trip: 1s}`,
			`targets::0: max_round_trip: expected a round trip to measure, got a check without one; add a message or a ping, or leave max_round_trip out`,
		},
		{
			"negative certificate life", `{endpoint: "wss://a", certificate_expiry: -1h}`,
			`targets::0: certificate_expiry: expected a positive duration, got -1h0m0s; leave it out for no limit`,
		},
		{
			"certificate life without a certificate", `{endpoint: "ws://a", certificate_expiry: 1h}`,
			`targets::0: certificate_expiry: expected an endpoint with a certificate, got a ws URL; use wss or leave certificate_expiry out`,
		},
		{
			"no message size", `{endpoint: "ws://a", max_message_size: 0}`,
			`targets::0: max_message_size: expected 1 to 268435456 bytes, got 0; leave it out for 1048576`,
		},
		{
			"message without an expectation", `{endpoint: "ws://a", message: {send: ping}}`,
			`targets::0::message::expect: expected exactly one of text, contains, regex, binary_prefix, got 0; say how to recognize the answer`,
		},
		{
			"message with two expectations", `{endpoint: "ws://a", message: {expect: {text: a, regex: b}}}`,
			`targets::0::message::expect: expected exactly one of text, contains, regex, binary_prefix, got 2; say how to recognize the answer`,
		},
		{
			"message in two forms", `{endpoint: "ws://a", message: {send: a, send_binary: "0b", expect: {text: a}}}`,
			`targets::0::message: send_binary: expected send or send_binary, got both; remove one of them`,
		},
		{
			"message that is no hexadecimal", `{endpoint: "ws://a", message: {send_binary: 0x0a, expect: {text: a}}}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'targets[0]' decoding failed due to the following error(s):\n\n'message' decoding failed due to the following error(s):\n\n'send_binary' expected type 'string', got unconvertible type 'int'",
		},
		{
			"odd hexadecimal", `{endpoint: "ws://a", message: {expect: {binary_prefix: "0a1"}}}`,
			`targets::0::message::expect: binary_prefix: expected bytes in hexadecimal such as 0a1b, got another value: encoding/hex: odd length hex string; correct it`,
		},
		{
			"bad regular expression", `{endpoint: "ws://a", message: {expect: {regex: "a("}}}`,
			"targets::0::message::expect: regex: expected the syntax of RE2, got another value: error parsing regexp: missing closing ): `a(`; correct it",
		},
		{
			"no time for the answer", `{endpoint: "ws://a", message: {expect: {text: a}, timeout: 0s}}`,
			`targets::0::message: timeout: expected a positive duration, got 0s; leave it out for 5s`,
		},
		{
			"unknown key of a round trip", `{endpoint: "ws://a", message: {receive: pong}}`,
			"cannot be read: decoding failed due to the following error(s):\n\n'targets[0]' decoding failed due to the following error(s):\n\n'message' decoding failed due to the following error(s):\n\n'websocketcheckreceiver.MessageConfig' has invalid keys: receive",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := configFromYAML(t, "targets: ["+tt.yaml+"]")
			require.EqualError(t, err, tt.err)
		})
	}
}
