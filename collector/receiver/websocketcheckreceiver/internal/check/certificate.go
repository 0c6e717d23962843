package check

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// endOfAccepted is when the first certificate of the chain expires. Of several chains that verify, the one that
// lasts longest counts; certificates that the server sends beside it do not matter.
func endOfAccepted(state tls.ConnectionState) time.Time {
	var latest time.Time
	for _, chain := range state.VerifiedChains {
		if end := firstToExpire(chain); end.After(latest) {
			latest = end
		}
	}
	if latest.IsZero() {
		return firstToExpire(state.PeerCertificates)
	}
	return latest
}

// endOfRefused is when the first of the certificates expires that were not accepted. Zero if none was seen.
func endOfRefused(err error) time.Time {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) {
		return firstToExpire(refused.UnverifiedCertificates)
	}
	return time.Time{}
}

func firstToExpire(chain []*x509.Certificate) time.Time {
	var first time.Time
	for _, certificate := range chain {
		if first.IsZero() || certificate.NotAfter.Before(first) {
			first = certificate.NotAfter
		}
	}
	return first
}
