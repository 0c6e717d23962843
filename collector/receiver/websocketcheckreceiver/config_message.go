package websocketcheckreceiver

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.opentelemetry.io/collector/confmap"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/check"
)

const defaultMessageTimeout = 5 * time.Second

// MessageConfig is a round trip: a message, unless the server speaks first, and the answer that is expected.
type MessageConfig struct {
	// Send is a text message.
	Send string `mapstructure:"send"`

	// SendBinary is a binary message, in hexadecimal.
	SendBinary string `mapstructure:"send_binary"`

	// Expect says which message is the answer. Others that come before it are passed over.
	Expect ExpectConfig `mapstructure:"expect"`

	// Timeout is how long to wait for the answer. Default: 5s, at most what is left of the target's timeout.
	Timeout time.Duration `mapstructure:"timeout"`
}

// ExpectConfig recognizes a message; exactly one of its fields is set.
type ExpectConfig struct {
	// Text is the whole of a text message.
	Text string `mapstructure:"text"`

	// Contains is a part of a text message.
	Contains string `mapstructure:"contains"`

	// Regex is a regular expression, in the syntax of RE2, that matches a part of a text message.
	Regex string `mapstructure:"regex"`

	// BinaryPrefix is what a binary message begins with, in hexadecimal.
	BinaryPrefix string `mapstructure:"binary_prefix"`
}

var _ confmap.Unmarshaler = (*MessageConfig)(nil)

// Unmarshal implements confmap.Unmarshaler to set the default of the timeout.
func (m *MessageConfig) Unmarshal(conf *confmap.Conf) error {
	m.Timeout = defaultMessageTimeout
	return conf.Unmarshal(m)
}

// Validate finds what is wrong with a round trip.
func (m *MessageConfig) Validate() error {
	var errs []error
	if m.Send != "" && m.SendBinary != "" {
		errs = append(errs, errors.New("send_binary: expected send or send_binary, got both; remove one of them"))
	}
	if _, err := hex.DecodeString(m.SendBinary); err != nil {
		errs = append(errs, fmt.Errorf("send_binary: expected bytes in hexadecimal such as 0a1b, got another value: %w; "+
			"correct it", err))
	}
	if m.Timeout <= 0 {
		errs = append(errs, fmt.Errorf("timeout: expected a positive duration, got %v; leave it out for %v",
			m.Timeout, defaultMessageTimeout))
	}
	return errors.Join(errs...)
}

// Validate finds what is wrong with an expectation.
func (e *ExpectConfig) Validate() error {
	set := 0
	for _, value := range []string{e.Text, e.Contains, e.Regex, e.BinaryPrefix} {
		if value != "" {
			set++
		}
	}
	if set != 1 {
		return fmt.Errorf("expected exactly one of text, contains, regex, binary_prefix, got %d; "+
			"say how to recognize the answer", set)
	}
	if _, err := regexp.Compile(e.Regex); err != nil {
		return fmt.Errorf("regex: expected the syntax of RE2, got another value: %w; correct it", err)
	}
	if _, err := hex.DecodeString(e.BinaryPrefix); err != nil {
		return fmt.Errorf("binary_prefix: expected bytes in hexadecimal such as 0a1b, got another value: %w; correct it", err)
	}
	return nil
}

// exchange is what a valid configuration asks for.
func (m *MessageConfig) exchange() *check.Exchange {
	exchange := &check.Exchange{Matches: m.Expect.matcher(), Timeout: m.Timeout}
	switch {
	case m.SendBinary != "":
		payload, _ := hex.DecodeString(m.SendBinary)
		exchange.Send = &check.Message{Binary: true, Payload: payload}
	case m.Send != "":
		exchange.Send = &check.Message{Payload: []byte(m.Send)}
	}
	return exchange
}

// matcher is the test that a valid expectation asks for.
func (e *ExpectConfig) matcher() func(check.Message) bool {
	switch {
	case e.BinaryPrefix != "":
		prefix, _ := hex.DecodeString(e.BinaryPrefix)
		return func(m check.Message) bool { return m.Binary && bytes.HasPrefix(m.Payload, prefix) }
	case e.Regex != "":
		pattern := regexp.MustCompile(e.Regex)
		return func(m check.Message) bool { return !m.Binary && pattern.Match(m.Payload) }
	case e.Contains != "":
		return func(m check.Message) bool { return !m.Binary && bytes.Contains(m.Payload, []byte(e.Contains)) }
	default:
		return func(m check.Message) bool { return !m.Binary && string(m.Payload) == e.Text }
	}
}
