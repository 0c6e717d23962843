#!/usr/bin/env bash
# Builds `otelcol-websocket`, an OpenTelemetry Collector with the receiver of this repository. Needs Go and nothing else.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: collector/build.sh [--help]

Builds otelcol-websocket, the OpenTelemetry Collector with the websocketcheck receiver, and prints the path of the
binary as the last line of stdout. Progress goes to stderr.

Nothing is written into this folder. The binary is kept under
  ${XDG_CACHE_HOME:-~/.cache}/opentelemetry-websocket/
by a hash of everything that it is made of, so that the next run prints its path at once. The first run takes a few
minutes and downloads about 300 MB of Go modules.
TEXT
}

say() { printf 'otelcol-websocket: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

case "${1-}" in
  "") ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
receiver=$here/receiver/websocketcheckreceiver
manifest=$here/builder-config.yaml

wanted=$(sed -n 's/^go //p' "$here/tools/go.mod")
command -v go >/dev/null || die "Go is needed and there is no 'go' on the PATH; install Go $wanted or newer from https://go.dev/dl/"
# Inside the module, Go answers with the toolchain that it would switch to, where that is allowed.
found=$(cd "$here/tools" && go env GOVERSION 2>/dev/null) || found=$(GOTOOLCHAIN=local go version | cut -d' ' -f3)
oldest=$(printf '%s\n' "$wanted" "${found#go}" | sort -V | head -n 1)
[ "$oldest" = "$wanted" ] || die "Go $wanted or newer is needed, and this is $found; a newer one is at https://go.dev/dl/"

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# Everything that the binary is made of, and nothing that it is not: tests and documents change no key.
sources() {
  printf '%s\n' "$manifest" "$here/tools/go.mod" "$here/tools/go.sum" "$receiver/go.mod" "$receiver/go.sum"
  find "$receiver" -name '*.go' ! -name '*_test.go' | LC_ALL=C sort
}
key=$({
  printf '%s %s\n' "$found" "$(go env GOOS GOARCH | tr '\n' '/')"
  sources | while IFS= read -r file; do
    printf '%s\n' "${file#"$here"}"
    cat "$file"
  done
} | sha256 | cut -c 1-16)

cache=${XDG_CACHE_HOME:-$HOME/.cache}/opentelemetry-websocket
binary=$cache/otelcol-websocket-$key/otelcol-websocket
if [ ! -x "$binary" ]; then
  mkdir -p "$cache"
  # Built aside and moved into place whole, so that neither an interrupted run nor one at the same time leaves half of it.
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT

  say "building the Collector builder"
  (cd "$here/tools" && go build -mod=readonly -o "$work/builder" go.opentelemetry.io/collector/cmd/builder)

  say "building the distribution; this takes a few minutes the first time"
  # The builder takes settings from the environment; this one cannot be in the manifest, being a path of this machine.
  if ! (cd "$here" && env "dist.output_path=$work/out" "$work/builder" --config "$manifest") >"$work/log" 2>&1; then
    cat "$work/log" >&2
    die "the build failed; its output is above"
  fi
  mkdir -p "$(dirname "$binary")"
  mv -f "$work/out/otelcol-websocket" "$binary"
  say "done"
fi
printf '%s\n' "$binary"
