package checktest

import (
	"net"
	"time"
)

// ResetWhenRead ends a connection with a TCP reset when the peer has had time to read what was
// sent, because a reset makes the peer's system forget what has not been read.
func ResetWhenRead(conn net.Conn) {
	time.Sleep(30 * time.Millisecond)
	Reset(conn)
}
