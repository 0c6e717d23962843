package check

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// failure is an error whose error.type is known.
type failure struct {
	errorType string
	err       error
}

func newFailure(errorType, format string, args ...any) *failure {
	return &failure{errorType: errorType, err: fmt.Errorf(format, args...)}
}

// describe is a failure that begins with what happened, where the error tells only how it was noticed.
func describe(errorType string, err error) *failure {
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		err = fmt.Errorf("the server closed the connection with the code %d and the reason %q", closed.Code, closed.Reason)
	}
	if what, ok := descriptions[errorType]; ok {
		return newFailure(errorType, "%s: %w", what, err)
	}
	return &failure{errorType: errorType, err: err}
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// phaseErrors are the error.type of a phase that took too long, and of one that failed for no reason that is known
// better.
var phaseErrors = map[Phase]struct{ timeout, other string }{
	"":           {errorTypeOther, errorTypeOther},
	PhaseDNS:     {errorTypeDNSTimeout, errorTypeOther},
	PhaseConnect: {errorTypeConnectTimeout, errorTypeOther},
	PhaseTLS:     {errorTypeTLSTimeout, errorTypeTLSError},
	PhaseUpgrade: {errorTypeUpgradeTimeout, errorTypeInvalidResponse},
	PhaseMessage: {errorTypeMessageTimeout, errorTypeProtocolError},
	PhaseClose:   {errorTypeCloseTimeout, errorTypeProtocolError},
}

// classify finds the error.type of an error that ended a phase. The result is nil if there is no error.
func (r *run) classify(ctx context.Context, err error) *failure {
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return describe(errorTypeAborted, ctx.Err())
	}
	var known *failure
	if errors.As(err, &known) {
		return known
	}
	return describe(r.errorType(ctx, err), withoutURL(err))
}

func (r *run) errorType(ctx context.Context, err error) string {
	for _, known := range []func(error) string{systemErrorName, certificateErrorType, messageErrorType} {
		if errorType := known(err); errorType != "" {
			return errorType
		}
	}
	var dnsError *net.DNSError
	var addrError *net.AddrError
	switch {
	case isExpired(ctx):
		return phaseErrors[r.phase].timeout
	case errors.As(err, &addrError), errors.As(err, &dnsError) && dnsError.IsNotFound:
		return errorTypeNotFound
	case dnsError != nil:
		return errorTypeTryAgain
	case isTimeout(err):
		return phaseErrors[r.phase].timeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errorTypeConnectionLost
	}
	return phaseErrors[r.phase].other
}

// certificateErrorType is why a certificate, or TLS in general, failed; empty for another kind of error.
func certificateErrorType(err error) string {
	var invalid x509.CertificateInvalidError
	var mismatch x509.HostnameError
	var refused *tls.CertificateVerificationError
	var alert *net.OpError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if time.Now().Before(invalid.Cert.NotBefore) {
			return errorTypeCertificateNotYetValid
		}
		return errorTypeCertificateExpired
	case errors.As(err, &mismatch):
		return errorTypeCertificateNameMismatch
	case errors.As(err, &refused):
		return errorTypeCertificateUntrusted
	case errors.As(err, &alert) && alert.Op == "remote error":
		// With TLS 1.3 a server refuses the client's certificate after the handshake, in what is read next.
		return errorTypeTLSError
	}
	return ""
}

// messageErrorType is how an open connection failed; empty for another kind of error.
func messageErrorType(err error) string {
	switch code := closeCode(err); {
	case code != -1:
		return closeErrorType(int(code))
	case websocket.CloseStatus(err) != -1:
		return errorTypeProtocolError
	case errors.Is(err, websocket.ErrMessageTooBig):
		return errorTypeMessageTooLarge
	}
	return ""
}

// closeCode is the code of the close frame that ended a connection; -1 for another end, and for a reason that is not
// UTF-8 (RFC 6455 section 5.5.1), which the library lets pass.
func closeCode(err error) websocket.StatusCode {
	var closed websocket.CloseError
	if errors.As(err, &closed) && utf8.ValidString(closed.Reason) {
		return closed.Code
	}
	return -1
}

// systemErrorName is the code of a system error, such as ECONNREFUSED; empty for another kind of error.
func systemErrorName(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return ""
	}
	if name, ok := systemErrors[errno]; ok {
		return name
	}
	return errorTypeOther
}

// isExpired reports whether the deadline of ctx has passed. Its error may be set a little later.
func isExpired(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Before(deadline)
}

func isTimeout(err error) bool {
	var netError net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &netError) && netError.Timeout()
}

// withoutURL removes the URL that net/http puts around an error, because it may carry credentials.
func withoutURL(err error) error {
	var urlError *url.Error
	if errors.As(err, &urlError) {
		return urlError.Err
	}
	return err
}
