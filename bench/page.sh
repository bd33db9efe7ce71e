#!/usr/bin/env bash
# What an open page costs at 2,000 and 10,000 scores a second: browser and silo, by processor time. Prints tables; about 2 minutes.
# bench/page.sh 10000: so many idle live connections instead, about 45 s; silo and client need as many descriptors each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=bin/Release/net10.0
[ -n "${NO_BUILD:-}" ] || for project in src/Silo bench/Page; do dotnet build "$project" -c Release -v q >/dev/null; done
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
silo=
trap 'if [ -n "$silo" ]; then kill -9 "$silo" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
port=$((20000 + RANDOM % 20000))
"src/Silo/$bin/DagmmStream.Silo" --silo-port $((port + 1)) --gateway-port "$port" --urls "http://127.0.0.1:$((port + 2))" \
  --store "$work/page.db" --log-level Error >"$work/silo.log" 2>&1 &
silo=$!
for _ in $(seq 100); do (: >"/dev/tcp/127.0.0.1/$((port + 2))") 2>/dev/null && break; sleep 0.2; done
"bench/Page/$bin/DagmmStream.Bench.Page" "$port" $((port + 2)) "$silo" "$@"
