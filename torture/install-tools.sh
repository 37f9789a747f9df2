#!/bin/sh
# Installs what `npm run torture` uses besides Node: strace, with which it records what LMDB writes and
# flushes. Debian and Ubuntu. Without it the part `metadata-trace` is passed over.
set -eu

if command -v strace >/dev/null; then
  strace --version | head -n 1
  exit 0
fi

root=
[ "$(id -u)" -eq 0 ] || root=sudo
$root apt-get update -qq
$root apt-get install -y -qq --no-install-recommends strace
strace --version | head -n 1
