#!/usr/bin/env bash
# An external client process pushes at its limit over loopback to a silo process. Every setting runs ROUNDS times, settings alternating,
# each in a fresh silo; "echo" is the same path with scoring, journal and learning taken out. Writes docs/benchmarks/endtoend.md.
# MEMORY=FILE: adds a line every 10 s: seconds, MiB of the silo that are its own (not shared), MiB of all of the database's processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${ROUNDS:-5} seconds=${SECONDS_PER_RUN:-5} report=${REPORT:-docs/benchmarks/endtoend.md}
settings=${SETTINGS:-"echo:1:8 InMemory:Lite:1:8 InMemory:Stream:1:8 InMemory:Lite:16:8 InMemory:Lite:1:118 Journaled:Lite:1:8 Journaled:Stream:1:8 PostgreSql:Lite:1:8"}
policy=${POLICY:-Budgeted}

[ -n "${NO_BUILD:-}" ] || for project in src/Silo bench/EndToEnd bench/EndToEndEcho; do dotnet build "$project" -c Release -v q >/dev/null; done
work=$(mktemp -d)
silo= server=
trap 'for one in $silo $server; do kill -9 "$one" 2>/dev/null || true; done; rm -rf "$work"' EXIT
bin=bin/Release/net10.0

# Debian's package postgresql; refuses root, so it then runs as the user of the package.
start_postgres() { # port
  local data="$work/postgres" owner=() programs
  programs=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)
  if [ "$(id -u)" = 0 ]; then owner=(setpriv --reuid postgres --regid postgres --clear-groups) && chmod 755 "$work"; fi
  mkdir "$data" && if [ "$(id -u)" = 0 ]; then chown postgres: "$data"; fi
  "${owner[@]}" "$programs/initdb" -D "$data" -U dagmm -A trust >/dev/null
  "${owner[@]}" "$programs/postgres" -D "$data" -h 127.0.0.1 -p "$1" -k "$data" >"$work/postgres.log" 2>&1 &
  server=$!
  for _ in $(seq 100); do "$programs/pg_isready" -q -h 127.0.0.1 -p "$1" && break; sleep 0.2; done
}

own() { awk '/^Private/ {kib += $2} END {printf "%d", kib / 1024}' "${@/%//smaps_rollup}" 2>/dev/null; }

watch_memory() {
  local since=$SECONDS database
  while kill -0 "$silo" 2>/dev/null; do
    database=(); [ -z "$server" ] || database=("/proc/$server" $(pgrep -P "$server" | sed 's|^|/proc/|'))
    echo "$((SECONDS - since)) $(own "/proc/$silo") $([ -z "$server" ] || own "${database[@]}")" >>"$MEMORY"
    sleep 10
  done
}

run() { # setting, round
  local port=$((20000 + RANDOM % 20000)) durability=InMemory preset=Lite streams features
  local -a command
  IFS=: read -ra part <<<"$1"
  if [ "${part[0]}" = echo ]; then
    streams=${part[1]} features=${part[2]}
    command=("bench/EndToEndEcho/$bin/EndToEndEcho" $((port + 1)) "$port")
  else
    durability=${part[0]} preset=${part[1]} streams=${part[2]} features=${part[3]}
    local store=(--store "$work/$2.db")
    if [ "$durability" = PostgreSql ]; then
      durability=Journaled
      [ -n "$server" ] || { postgres=$((port + 2)) && start_postgres "$postgres"; }
      store=(--store-kind PostgreSql --connection-string "Host=127.0.0.1;Port=$postgres;Username=dagmm;Database=postgres")
    fi
    command=("src/Silo/$bin/DagmmStream.Silo" --silo-port $((port + 1)) --gateway-port "$port" --urls http://127.0.0.1:0
      "${store[@]}" --log-level Error)
  fi
  "${command[@]}" >"$work/silo.log" 2>&1 &
  silo=$!
  for _ in $(seq 100); do (: >"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.2; done
  [ -z "${MEMORY:-}" ] || watch_memory &
  "bench/EndToEnd/$bin/EndToEnd" "$port" "$silo" "$streams" "$features" "$durability" "$preset" "$policy" "$seconds" |
    tee -a "$work/$(tr ':' '-' <<<"$1")"
  kill -9 "$silo"; wait "$silo" 2>/dev/null || true; silo=
  rm -f "$work"/*.db*
}

for round in $(seq "$rounds"); do for setting in $settings; do echo -n "$setting  "; run "$setting" "$round"; done; done

quantiles() { # file, column: min, median, max
  cut -f "$2" "$1" | sort -g | awk '{v[NR]=$1} END {printf "%s, %s, %s", v[1], v[int((NR+1)/2)], v[NR]}'
}
middle() { cut -f "$2" "$1" | sort -g | awk '{v[NR]=$1} END {printf "%s", v[int((NR+1)/2)]}'; }
{
  echo "# From an external client to the verdicts"
  echo
  echo "\`bench/endtoend.sh\` · $(nproc) processors for client and silo together ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1))," \
    "$(. /etc/os-release && echo "$PRETTY_NAME"), .NET $(dotnet --version) SDK · $(date -u +%F)"
  echo
  echo "$rounds runs of $seconds s each, settings alternating, a fresh silo for every run; batches of at most 256 events, learning policy" \
    "$policy. Events/s are min, median, max; the rest medians. \"echo\": the same path with scoring, journal and learning taken out."
  echo
  echo "| setting | streams | features | events/s | p50 ms | p99 ms | p99.9 ms | client µs/event | silo µs/event | learned | silo MiB |"
  echo "|---|---|---|---|---|---|---|---|---|---|---|"
  for setting in $settings; do
    file="$work/$(tr ':' '-' <<<"$setting")"
    features=${setting##*:} rest=${setting%:*}
    echo "| $(tr ':' ' ' <<<"${rest%:*}") | ${rest##*:} | $features | $(quantiles "$file" 1) | $(middle "$file" 2) | $(middle "$file" 3)" \
      "| $(middle "$file" 4) | $(middle "$file" 5) | $(middle "$file" 6) | $(middle "$file" 7) | $(middle "$file" 8) |"
  done
} >"$report"
cat "$report"
