package check

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/opentelemetry-websocket/opentelemetry-websocket/collector/receiver/websocketcheckreceiver/internal/checktest"
)

// passInPieces gives bytes to a watch in pieces of random sizes, and returns how many it found good.
func passInPieces(watch *frameWatch, data []byte, random *rand.Rand) (good int, err error) {
	for len(data) > 0 && err == nil {
		size := 1 + random.IntN(len(data))
		var n int
		n, err = watch.pass(data[:size])
		good += n
		data = data[size:]
	}
	return good, err
}

func TestFramesAreFollowedHoweverTheyArrive(t *testing.T) {
	const rsv1Text = checktest.RSV1 | checktest.OpText
	var sound []byte
	for _, size := range []int{0, 1, 125, 126, 127, 1000, 65535} {
		sound = append(sound, checktest.Frame(text, make([]byte, size))...)
		sound = append(sound, checktest.Frame(checktest.Fin|checktest.OpPing, []byte("?"))...)
	}
	// The frames of a compressed message may be longer than it is.
	sound = append(sound, checktest.Frame(rsv1Text, make([]byte, 66_000))...)
	sound = append(sound, checktest.Frame(checktest.Fin|checktest.OpContinuation, make([]byte, 66_000))...)

	for _, tt := range []struct {
		name      string
		data      []byte
		errorType string
	}{
		{"nothing wrong", nil, ""},
		{"a masked frame", []byte{text, 0x80, 0, 0, 0, 0}, errorTypeProtocolError},
		{"a frame that is too long", checktest.FrameHead(text, 65_536), errorTypeMessageTooLarge},
		{"a fragment that is too long", append(
			checktest.Frame(checktest.OpBinary, nil),
			checktest.FrameHead(checktest.OpContinuation, 65_536)...,
		), errorTypeMessageTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(200) {
				watch := &frameWatch{limit: 65_535}
				_, err := passInPieces(watch, bytes.Join([][]byte{sound, tt.data}, nil), rand.New(rand.NewPCG(seed, 0)))
				if tt.errorType == "" {
					assert.NoError(t, err)
					assert.Zero(t, watch.left)
					assert.Empty(t, watch.head)
					continue
				}
				var found *failure
				if assert.ErrorAs(t, err, &found) {
					assert.Equal(t, tt.errorType, found.errorType)
				}
			}
		})
	}
}

func TestWhatComesBeforeABrokenFrameIsRead(t *testing.T) {
	answer := checktest.Frame(text, []byte("hello"))
	good, err := (&frameWatch{limit: 100}).pass(append(answer, text, 0x80))
	assert.Error(t, err)
	assert.Equal(t, len(answer), good)
}

func TestLargeMessagesTakeLittleMemory(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"one frame": sending(checktest.FrameHead(text, 64<<20), make([]byte, 64<<20)),
		"fragments": fragments(64 << 20),
	} {
		t.Run(name, func(t *testing.T) {
			options := Options{URL: mustParse(t, url(t)), Exchange: exchangeOf("hi", "hello")}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			result := runCheck(t, options)
			runtime.ReadMemStats(&after)
			assert.Equal(t, "message_too_large", result.ErrorType, "%v", result.Err)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), "bytes allocated, those of the server included")
		})
	}
}
