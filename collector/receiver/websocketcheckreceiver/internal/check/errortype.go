package check

import "strconv"

// The values of error.type that do not come from the system or from the peer.
const (
	errorTypeOther = "_OTHER"

	errorTypeAborted = "aborted"

	errorTypeNotFound = "ENOTFOUND"
	errorTypeTryAgain = "EAI_AGAIN"

	errorTypeDNSTimeout     = "dns_timeout"
	errorTypeConnectTimeout = "connect_timeout"
	errorTypeTLSTimeout     = "tls_timeout"
	errorTypeUpgradeTimeout = "upgrade_timeout"
	errorTypeMessageTimeout = "message_timeout"
	errorTypePongTimeout    = "pong_timeout"

	errorTypeProxyRefused = "proxy_refused"

	errorTypeCertificateExpired      = "certificate_expired"
	errorTypeCertificateNotYetValid  = "certificate_not_yet_valid"
	errorTypeCertificateUntrusted    = "certificate_untrusted"
	errorTypeCertificateNameMismatch = "certificate_name_mismatch"
	errorTypeTLSError                = "tls_error"

	errorTypeInvalidAccept    = "invalid_accept"
	errorTypeInvalidResponse  = "invalid_response"
	errorTypeTooManyRedirects = "too_many_redirects"
	errorTypeUnexpectedAccept = "unexpected_accept"

	errorTypeUnexpectedMessage = "unexpected_message"
	errorTypeMessageTooLarge   = "message_too_large"
	errorTypeProtocolError     = "protocol_error"
	errorTypeUnexpectedClose   = "unexpected_close"
	errorTypeConnectionLost    = "connection_lost"

	errorTypeSlowRoundTrip     = "slow_round_trip"
	errorTypeCertificateExpiry = "certificate_expiry"
	errorTypeCloseTimeout      = "close_timeout"
	errorTypeUncleanClose      = "unclean_close"
)

// ErrorTypes are the values of error.type beside codes of system errors, statuses and close codes.
var ErrorTypes = [...]string{
	errorTypeOther, errorTypeAborted,
	errorTypeDNSTimeout, errorTypeConnectTimeout, errorTypeTLSTimeout, errorTypeUpgradeTimeout,
	errorTypeMessageTimeout, errorTypePongTimeout, errorTypeProxyRefused,
	errorTypeCertificateExpired, errorTypeCertificateNotYetValid, errorTypeCertificateUntrusted,
	errorTypeCertificateNameMismatch, errorTypeTLSError,
	errorTypeInvalidAccept, errorTypeInvalidResponse, errorTypeTooManyRedirects, errorTypeUnexpectedAccept,
	errorTypeUnexpectedMessage, errorTypeMessageTooLarge, errorTypeProtocolError, errorTypeUnexpectedClose,
	errorTypeConnectionLost,
	errorTypeSlowRoundTrip, errorTypeCertificateExpiry, errorTypeCloseTimeout, errorTypeUncleanClose,
}

// descriptions say what happened, for people.
var descriptions = map[string]string{
	errorTypeAborted:         "the run was stopped",
	errorTypeDNSTimeout:      "the name was not resolved in time",
	errorTypeConnectTimeout:  "no connection was made in time",
	errorTypeTLSTimeout:      "the TLS handshake was not completed in time",
	errorTypeUpgradeTimeout:  "the upgrade request was not answered in time",
	errorTypeMessageTimeout:  "what was expected did not come in time",
	errorTypeTLSError:        "the TLS handshake failed",
	errorTypeConnectionLost:  "the server ended the connection",
	errorTypeMessageTooLarge: "a message is too large",
	errorTypeProtocolError:   "the server broke RFC 6455",
}

// closeErrorType is the error.type of a close code: itself if IANA assigns it, because a peer may choose any other
// (https://www.iana.org/assignments/websocket/websocket.xhtml#close-code-number).
func closeErrorType(code int) string {
	assigned := 1000 <= code && code <= 1015 && code != 1004
	registered := code == 3000 || code == 3003 || code == 3008
	if assigned || registered {
		return strconv.Itoa(code)
	}
	return errorTypeUnexpectedClose
}
