package check

import (
	"context"
	"errors"

	"github.com/coder/websocket"
)

// close does the closing handshake (RFC 6455 section 7.1.2). That a server does not take part in it leaves the run
// Degraded, because everything else worked.
func (r *run) close(parent context.Context, ws *websocket.Conn, drained <-chan error) *failure {
	ctx, cancel := context.WithTimeout(parent, closeTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { r.conn.Close() })
	r.begin(PhaseClose)
	err := ws.Close(websocket.StatusNormalClosure, "")
	stop()
	if drained != nil {
		if ending := <-drained; err != nil {
			err = ending
		}
	}
	var closed websocket.CloseError
	switch {
	case errors.Is(parent.Err(), context.Canceled):
		return r.classify(parent, parent.Err())
	case ctx.Err() != nil:
		r.degrade(newFailure(errorTypeCloseTimeout, "no close frame came in answer"))
	case err == nil || errors.As(err, &closed):
		r.complete()
	default:
		reason := r.classify(ctx, err)
		if reason.errorType == errorTypeProtocolError {
			return reason
		}
		r.degrade(newFailure(errorTypeUncleanClose, "the transport ended without a close frame: %w", err))
	}
	return nil
}
