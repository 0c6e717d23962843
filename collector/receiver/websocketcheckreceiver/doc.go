// Package websocketcheckreceiver runs synthetic checks against WebSocket endpoints (RFC 6455) and reports how long
// each of their phases took and what went wrong.
package websocketcheckreceiver

//go:generate go tool -modfile=internal/tools/go.mod mdatagen metadata.yaml
