#!/usr/bin/env bash
# Installs from Debian (or Ubuntu) the servers that `npm run bench` compares with: nginx and Ceph's
# object gateway with the daemons it needs. About 80 MB to download, 300 MB on disk. Nothing is started,
# now or at the next boot: the benchmark runs them as plain processes of its own, on loopback.
#
#   bench/install-peers.sh              both
#   bench/install-peers.sh nginx        only nginx
#   bench/install-peers.sh radosgw      only Ceph
set -euo pipefail

declare -A packages=(
  [nginx]='nginx'
  [radosgw]='ceph-mon ceph-osd radosgw'
)
declare -A units=(
  [nginx]='nginx.service'
  [radosgw]='ceph.target ceph-mon.target ceph-osd.target ceph-radosgw.target ceph-crash.service'
)

peers=("$@")
[ ${#peers[@]} -gt 0 ] || peers=(nginx radosgw)
wanted=()
for peer in "${peers[@]}"; do
  if [ -z "${packages[$peer]:-}" ]; then
    echo "no such peer: $peer (one of ${!packages[*]})" >&2
    exit 1
  fi
  command -v "$peer" >/dev/null || wanted+=("$peer")
done
if [ ${#wanted[@]} -eq 0 ]; then
  echo "already installed: ${peers[*]}"
  exit 0
fi
command -v apt-get >/dev/null || { echo 'this needs apt-get (Debian or Ubuntu)' >&2; exit 1; }
[ "$(id -u)" -eq 0 ] || { echo 'this needs root: sudo bench/install-peers.sh' >&2; exit 1; }

# A package asks policy-rc.d before it starts its service; 101 forbids it. What stood there comes back.
policy=/usr/sbin/policy-rc.d
saved=''
if [ -e "$policy" ]; then
  saved=$(mktemp)
  cp -p "$policy" "$saved"
fi
restore() {
  if [ -n "$saved" ]; then
    cp -p "$saved" "$policy"
    rm -f "$saved"
  else
    rm -f "$policy"
  fi
}
trap restore EXIT
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
list=()
for peer in "${wanted[@]}"; do
  read -ra names <<<"${packages[$peer]}"
  list+=("${names[@]}")
done
apt-get update -q
apt-get install -q -y --no-install-recommends "${list[@]}"

# policy-rc.d forbids starting, not enabling.
if command -v systemctl >/dev/null && [ -d /run/systemd/system ]; then
  for peer in "${wanted[@]}"; do
    for unit in ${units[$peer]}; do systemctl disable --quiet "$unit" 2>/dev/null || true; done
  done
fi

for peer in "${wanted[@]}"; do echo "installed: $peer ($(command -v "$peer"))"; done
