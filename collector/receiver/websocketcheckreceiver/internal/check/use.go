package check

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// use makes the round trip that the check asks for. The channel, if there is one, tells how the reading ends that
// goes on in the background.
func (r *run) use(ctx context.Context, ws *websocket.Conn) (<-chan error, error) {
	switch {
	case r.options.Exchange != nil:
		return nil, r.exchange(ctx, ws)
	case r.options.Ping:
		return r.ping(ctx, ws)
	}
	return nil, nil
}

// exchange sends a message and waits for its answer.
func (r *run) exchange(ctx context.Context, ws *websocket.Conn) error {
	wanted := r.options.Exchange
	ctx, cancel := context.WithTimeout(ctx, wanted.Timeout)
	defer cancel()
	r.begin(PhaseMessage)
	if wanted.Send != nil {
		if err := ws.Write(ctx, messageType(wanted.Send), wanted.Send.Payload); err != nil {
			return err
		}
	}
	for passedOver := 0; ; passedOver++ {
		kind, payload, err := ws.Read(ctx)
		switch {
		case err != nil && passedOver > 0 && isOver(ctx, err):
			return newFailure(errorTypeUnexpectedMessage, "%d messages came, none was the expected one", passedOver)
		case err != nil && isOver(ctx, err):
			return newFailure(errorTypeMessageTimeout, "no message came: %w", err)
		case err != nil:
			return err
		case kind == websocket.MessageText && !utf8.Valid(payload):
			return newFailure(errorTypeProtocolError, "a text message is not UTF-8 (RFC 6455 section 8.1)")
		case wanted.Matches(Message{Binary: kind == websocket.MessageBinary, Payload: payload}):
			r.completeRoundTrip()
			return nil
		}
	}
}

func messageType(m *Message) websocket.MessageType {
	if m.Binary {
		return websocket.MessageBinary
	}
	return websocket.MessageText
}

// ping waits for the pong to a ping (RFC 6455 section 5.5.2). The reading that this needs goes on until the
// connection is closed, because to stop it would close the connection.
func (r *run) ping(ctx context.Context, ws *websocket.Conn) (<-chan error, error) {
	ended, cancelEnded := context.WithCancelCause(ctx)
	defer cancelEnded(nil)
	drained := make(chan error, 1)
	r.begin(PhaseMessage)
	go func() {
		err := discardMessages(context.WithoutCancel(ctx), ws)
		cancelEnded(err)
		drained <- err
	}()
	waiting, cancel := context.WithTimeout(ended, answerTimeout)
	defer cancel()
	err := ws.Ping(waiting)
	if err == nil {
		r.completeRoundTrip()
		return drained, nil
	}
	timedOut := errors.Is(context.Cause(waiting), context.DeadlineExceeded)
	ws.CloseNow()
	ending := <-drained
	switch {
	case timedOut:
		return nil, newFailure(errorTypePongTimeout, "no pong came: %w", err)
	case r.ponged:
		// A close frame came with the pong, and the library saw it first.
		r.completeRoundTrip()
		drained <- ending
		return drained, nil
	case errors.Is(ending, net.ErrClosed):
		return nil, err
	}
	return nil, ending
}

// completeRoundTrip ends the phase message.
func (r *run) completeRoundTrip() {
	duration := r.complete()
	if limit := r.options.MaxRoundTrip; limit > 0 && duration > limit {
		r.degrade(newFailure(errorTypeSlowRoundTrip, "the round trip took %v", duration.Round(time.Microsecond)))
	}
}

// useUntilClosed makes the round trip of the check, if it has one, and waits for the server to close the connection.
func (r *run) useUntilClosed(ctx context.Context, ws *websocket.Conn) error {
	if r.options.Exchange != nil {
		if err := r.exchange(ctx, ws); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	r.begin(PhaseMessage)
	err := discardMessages(ctx, ws)
	switch code := int(closeCode(err)); {
	case code == r.options.ExpectClose:
		r.complete()
		return nil
	case code != -1:
		return newFailure(closeErrorType(code), "the server closed the connection with the code %d, not %d", code, r.options.ExpectClose)
	case isOver(ctx, err):
		return newFailure(errorTypeMessageTimeout, "the server did not close the connection: %w", err)
	}
	return err
}

// isOver reports whether an error is that the time of ctx is over. The library may then say no more than that the
// connection was closed, which it has done itself.
func isOver(ctx context.Context, err error) bool {
	return isTimeout(err) || errors.Is(ctx.Err(), context.DeadlineExceeded) && websocket.CloseStatus(err) == -1
}

// discardMessages reads until the connection ends, and returns how.
func discardMessages(ctx context.Context, ws *websocket.Conn) error {
	for {
		_, message, err := ws.Reader(ctx)
		if err != nil {
			return err
		}
		if _, err = io.Copy(io.Discard, message); err != nil {
			return err
		}
	}
}
