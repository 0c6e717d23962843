package checktest

import (
	"bufio"
	"encoding/binary"
	"io"
)

// The opcodes of RFC 6455 section 5.2.
const (
	OpContinuation = 0x0
	OpText         = 0x1
	OpBinary       = 0x2
	OpClose        = 0x8
	OpPing         = 0x9
	OpPong         = 0xA

	// Fin is set in the first byte of the last frame of a message, RSV1 where the message is compressed.
	Fin  = 0x80
	RSV1 = 0x40
)

// Frame is an unmasked frame (RFC 6455 section 5.2) that begins with a byte of flags and opcode.
func Frame(first byte, payload []byte) []byte {
	return append(FrameHead(first, len(payload)), payload...)
}

// FrameHead is a frame up to its payload, which is so many bytes long.
func FrameHead(first byte, length int) []byte {
	switch {
	case length < 126:
		return []byte{first, byte(length)}
	case length < 1<<16:
		return binary.BigEndian.AppendUint16([]byte{first, 126}, uint16(length))
	default:
		return binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(length))
	}
}

// CloseFrame is a close frame with a code and a reason (RFC 6455 section 5.5.1).
func CloseFrame(code uint16, reason string) []byte {
	return Frame(Fin|OpClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// ReadFrame reads a frame of a client with a payload of less than 126 bytes. The opcode is 0xFF at the end.
func ReadFrame(reader *bufio.Reader) (opcode byte, payload []byte) {
	head := make([]byte, 6)
	if _, err := io.ReadFull(reader, head); err != nil {
		return 0xFF, nil
	}
	payload = make([]byte, head[1]&0x7F)
	if _, err := io.ReadFull(reader, payload); err != nil {
		return 0xFF, nil
	}
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	return head[0] & 0x0F, payload
}
