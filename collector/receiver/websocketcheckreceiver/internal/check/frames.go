package check

// frameWatch follows the frames of a server (RFC 6455 section 5.2) and finds what the library lets pass: one that is
// masked, and one that is longer than a message may be, which the library would wait for.
type frameWatch struct {
	// limit is how many bytes a message may have.
	limit int64

	// head is what has been read of the head of a frame, and left how much is to come of its payload.
	head []byte
	left uint64

	// compressed is set while a message is compressed (RFC 7692 section 6): the length of its frames is not its own.
	compressed bool
}

// pass returns how many of the bytes that were read are good, and what is wrong with the frame that follows them.
func (w *frameWatch) pass(read []byte) (good int, err error) {
	for i := 0; i < len(read); {
		if w.left > 0 {
			n := min(w.left, uint64(len(read)-i))
			w.left -= n
			i += int(n)
			good = i
			continue
		}
		w.head = append(w.head, read[i])
		i++
		complete, err := w.readHead()
		if err != nil {
			return good, err
		}
		if complete {
			w.head = w.head[:0]
			good = i
		}
	}
	return len(read), nil
}

// readHead reports whether the head of a frame is complete, and what is wrong with it.
func (w *frameWatch) readHead() (bool, error) {
	const maskBit = 0x80
	if len(w.head) < 2 {
		return false, nil
	}
	if w.head[1]&maskBit != 0 {
		return false, newFailure(errorTypeProtocolError, "a frame of the server is masked (RFC 6455 section 5.1)")
	}
	length, extended := uint64(w.head[1]), w.head[2:]
	if length == 126 && len(extended) < 2 || length == 127 && len(extended) < 8 {
		return false, nil
	}
	if length >= 126 {
		length = 0
		for _, digit := range extended {
			length = length<<8 | uint64(digit)
		}
	}
	w.left = length
	return true, w.checkLength(length)
}

// checkLength holds that the payload of a data frame is no longer than a message may be. A length with its highest
// bit set breaks the protocol, which the library finds.
func (w *frameWatch) checkLength(length uint64) error {
	const opcodeBits, rsv1 = 0x0F, 0x40
	opcode := w.head[0] & opcodeBits
	if opcode == 0x1 || opcode == 0x2 {
		w.compressed = w.head[0]&rsv1 != 0
	}
	if opcode <= 0x2 && !w.compressed && int64(length) > w.limit {
		return newFailure(errorTypeMessageTooLarge, "a message is too large: a frame has %d bytes, and %d are allowed", length, w.limit)
	}
	return nil
}
