#!/usr/bin/env bash
# Everything that proves the receiver, from any working directory. Fails at the first thing that is wrong.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: check.sh [--help]

Checks the receiver: that what mdatagen generates is up to date, gofmt, go vet, staticcheck, and the tests with the
race detector. Needs Go and nothing else; mdatagen and staticcheck are those of internal/tools/go.mod, kept in Go's own
build cache. Nothing is written into this folder.
TEXT
}

case "${1-}" in
  "") ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")"
here=$PWD
command -v go >/dev/null || { echo "Go is needed and there is no 'go' on the PATH; install it from https://go.dev/dl/" >&2; exit 1; }
# A workspace further up would replace the versions that go.mod pins.
export GOWORK=off

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# step TITLE COMMAND... prints how long the command took, and ends the script if it fails.
step() {
  local title=$1 begun=$SECONDS
  shift
  printf -- '--- %s\n' "$title"
  if ! "$@"; then
    printf -- '--- %s: FAILED after %d s\n' "$title" "$((SECONDS - begun))" >&2
    exit 1
  fi
  printf -- '--- %s: ok, %d s\n' "$title" "$((SECONDS - begun))"
}

tool() { go tool -modfile="$here/internal/tools/go.mod" "$@"; }

# Generates into a copy without the generated files, so that a file that is no longer generated is found too. The copy
# has the names of the last two folders, because mdatagen puts them into what it writes.
generated() {
  local copy=$work/receiver/websocketcheckreceiver
  mkdir "$work/receiver" &&
    cp -R "$here" "$copy" &&
    find "$copy" -name 'generated_*' -exec rm -f {} + &&
    (cd "$copy" && tool mdatagen metadata.yaml) &&
    diff -r -u "$here" "$copy" && return
  echo "What mdatagen generates is not up to date: run 'go generate' in $here, and commit what changes." >&2
  return 1
}

# Everything is analysed as it is tested, with the race detector, so that what it depends on is compiled once.
analysed() {
  local staticcheck
  staticcheck=$(tool -n staticcheck) && GOFLAGS="${GOFLAGS-} -race" "$staticcheck" ./...
}

formatted() {
  local files
  files=$(gofmt -l .) && [ -z "$files" ] && return
  printf "Not formatted: run 'gofmt -w' on\n%s\n" "$files" >&2
  return 1
}

step "generated code" generated
step "gofmt" formatted
step "go vet" go vet -race ./...
step "staticcheck" analysed
step "tests, with the race detector" go test -race -count=1 -vet=off ./...
printf -- '--- all: ok, %d s\n' "$SECONDS"
