package check

import (
	"context"
	"errors"

	"github.com/coder/websocket"
)

// close does the closing handshake (RFC 6455 section 7.1.2). That a server does not take part in it leaves the run
// Degraded, because everything else worked.
func (r *run) close(parent context.Context, ws *websocket.Conn, drained <-chan error) *failure {
	select {
	case ending := <-drained:
		return r.closedByServer(parent, ending)
	default:
	}
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
	if errors.Is(parent.Err(), context.Canceled) {
		return r.classify(parent, parent.Err())
	}
	if ctx.Err() != nil {
		r.degrade(newFailure(errorTypeCloseTimeout, "no close frame came in answer"))
		return nil
	}
	if err == nil || isPeaceful(err) {
		r.complete()
		return nil
	}
	return r.closedBadly(ctx, err)
}

// closedByServer is what it means that a connection ended before the check closed it.
func (r *run) closedByServer(ctx context.Context, ending error) *failure {
	if isPeaceful(ending) {
		return nil
	}
	return r.classify(ctx, ending)
}

// closedBadly is what it means that a closing handshake ended with an error. A close frame that crosses ours has a
// reason of its own.
func (r *run) closedBadly(ctx context.Context, err error) *failure {
	reason := r.classify(ctx, err)
	if websocket.CloseStatus(err) != -1 || reason.errorType == errorTypeProtocolError {
		return reason
	}
	r.degrade(newFailure(errorTypeUncleanClose, "the transport ended without a close frame: %w", err))
	return nil
}

// isPeaceful reports whether a connection ended with a code for a conversation that is over.
func isPeaceful(err error) bool {
	switch closeCode(err) {
	case websocket.StatusNormalClosure, websocket.StatusGoingAway, websocket.StatusNoStatusRcvd:
		return true
	}
	return false
}
