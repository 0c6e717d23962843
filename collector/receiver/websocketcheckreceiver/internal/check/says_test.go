package check

import "strconv"

// saysByType is what the message of a failure says, so that it names what happened. For a type that may have many
// causes it is a text that no message has, because each case must say its own.
func saysByType(errorType string) string {
	says := map[string]string{
		"ECONNREFUSED":              "connection refused",
		"ECONNRESET":                "reset by peer",
		"ENOTFOUND":                 "no such host",
		"EAI_AGAIN":                 "server misbehaving",
		"dns_timeout":               "the name was not resolved in time",
		"connect_timeout":           "no connection was made in time",
		"tls_timeout":               "the TLS handshake was not completed in time",
		"upgrade_timeout":           "the upgrade request was not answered in time",
		"message_timeout":           "no message came",
		"pong_timeout":              "no pong came",
		"proxy_refused":             "the proxy",
		"certificate_expired":       "certificate has expired",
		"certificate_not_yet_valid": "is not yet valid",
		"certificate_untrusted":     "unknown authority",
		"tls_error":                 "the TLS handshake failed",
		"invalid_accept":            "Sec-WebSocket-Accept",
		"too_many_redirects":        "redirects",
		"unexpected_accept":         "the upgrade was accepted",
		"unexpected_message":        "none was the expected one",
		"message_too_large":         "a message is too large",
		"protocol_error":            "RFC 6455",
		"unexpected_close":          "closed the connection with the code",
		"connection_lost":           "the server ended the connection",
		"close_timeout":             "no close frame came",
		"unclean_close":             "the transport ended without a close frame",
	}
	if text, ok := says[errorType]; ok {
		return text
	}
	number, err := strconv.Atoi(errorType)
	switch {
	case err != nil:
		return "what the case says of " + errorType
	case number < 1000:
		return "with the status " + errorType
	}
	return "the server closed the connection with the code " + errorType
}
