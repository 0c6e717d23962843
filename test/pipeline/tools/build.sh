#!/usr/bin/env bash
# Builds the servers that the pipeline tests run against: Prometheus with promtool, Alertmanager with amtool, and Jaeger.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: test/pipeline/tools/build.sh [--help] [prometheus] [alertmanager] [jaeger]

Builds what is named, or all, from the modules beside this script, whose go.sum says what the sources have to be.
Prints a line NAME=PATH for each binary on stdout: prometheus, promtool, alertmanager, amtool,
jaeger. Binaries are kept under
  ${XDG_CACHE_HOME:-~/.cache}/opentelemetry-websocket/
by a hash of go.mod and go.sum, so that the next run prints their paths at once.
TEXT
}

say() { printf 'pipeline tools: %s\n' "$*" >&2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/opentelemetry-websocket
command -v go >/dev/null || { say "Go is needed, 1.26 or newer; see https://go.dev/dl/"; exit 1; }

sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }

# build NAME FLAGS BINARY=PACKAGE...: builds from the module in the folder NAME what was not built before.
build() {
  local name=$1 flags=$2 key folder work target binary
  shift 2
  key=$({ go env GOVERSION GOOS GOARCH; echo "$flags"; cat "$here/$name/go.mod" "$here/$name/go.sum"; } | sha256 | cut -c 1-16)
  folder=$cache/$name-$key
  for target in "$@"; do
    binary=${target%%=*}
    if [ ! -x "$folder/$binary" ]; then
      say "building $binary; this takes a few minutes the first time"
      mkdir -p "$folder"
      # Built aside and moved into place whole, so that an interrupted run leaves no half of it.
      work=$(mktemp -d "$cache/build.XXXXXX")
      (cd "$here/$name" && CGO_ENABLED=0 go build -mod=readonly -trimpath -ldflags='-s -w' "$flags" \
        -o "$work/$binary" "${target#*=}") >&2 || { rm -rf "$work"; say "$binary could not be built"; exit 1; }
      mv -f "$work/$binary" "$folder/$binary"
      rm -rf "$work"
    fi
    printf '%s=%s\n' "$binary" "$folder/$binary"
  done
}

[ $# -gt 0 ] || set -- prometheus alertmanager jaeger
for tool in "$@"; do
  case $tool in
    prometheus)
      # Without the service discovery of every cloud, which is most of its size.
      build prometheus "-tags=remove_all_sd" \
        prometheus=github.com/prometheus/prometheus/cmd/prometheus promtool=github.com/prometheus/prometheus/cmd/promtool
      ;;
    alertmanager)
      build alertmanager "-tags=" alertmanager=github.com/prometheus/alertmanager/cmd/alertmanager \
        amtool=github.com/prometheus/alertmanager/cmd/amtool
      ;;
    jaeger) build jaeger "-tags=" jaeger=github.com/jaegertracing/jaeger/cmd/all-in-one ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
