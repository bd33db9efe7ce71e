#!/usr/bin/env bash
# A silo whose disk is really full, for ten seconds, while a file is replayed into it: everything must be acknowledged in the end, once.
# Needs root, for a file system of 64 MiB in memory. Usage: bench/diskfull.sh FILE.csv (with a column "label")
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
input=$(realpath "${1:?give a CSV file with a column label}")
[ "$(id -u)" = 0 ] || { echo "mounting a small file system needs root"; exit 2; }
[ -n "${NO_BUILD:-}" ] || for project in src/Silo src/Cli; do dotnet build "$project" -c Release -v q >/dev/null; done
work=$(mktemp -d) log=$(mktemp) silo= replay=
trap 'for one in $silo $replay; do kill -9 "$one" 2>/dev/null || true; done; sleep 0.5; umount "$work" 2>/dev/null; rm -rf "$work" "$log"' EXIT
mount -t tmpfs -o size=64m tmpfs "$work"
port=$((20000 + RANDOM % 20000)) bin=bin/Release/net10.0
"src/Silo/$bin/DagmmStream.Silo" --silo-port $((port + 1)) --gateway-port "$port" --urls http://127.0.0.1:0 --store "$work/a.db" \
  --log-level Information >"$log" 2>&1 &
silo=$!
for _ in $(seq 100); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.2; done
"src/Cli/$bin/dagmm" replay "$input" --endpoint "127.0.0.1:$port" --stream full --label-column label -o json \
  >/dev/shm/diskfull.json 2>/dev/null &
replay=$!
sleep "${FULL_AFTER:-1.5}"
dd if=/dev/zero of="$work/filler" bs=1M 2>/dev/null || true
echo "full: $(df --output=avail -k "$work" | tail -1) KiB left; the replay $(kill -0 "$replay" 2>/dev/null && echo waits || echo has ended)"
sleep 10
kill -0 "$silo" && echo "after ten seconds the silo lives"
rm "$work/filler"
wait "$replay"
echo "the log says:"
grep -E "Store outage|warn:|fail:" "$log"
cat /dev/shm/diskfull.json
rm /dev/shm/diskfull.json
