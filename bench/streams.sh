#!/usr/bin/env bash
# Memory per resident stream and processor time per event at 1, 100 and 10,000 streams in one silo, scoring and learning every event.
# Settings alternate, ROUNDS times; every run is a process of its own. Writes docs/benchmarks/streams.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${ROUNDS:-5} report=${REPORT:-docs/benchmarks/streams.md} events=${EVENTS:-400000}
settings=${SETTINGS:-"1:Lite 100:Lite 10000:Lite 1:Stream 100:Stream 1000:Stream"}
[ -n "${NO_BUILD:-}" ] || dotnet build bench/Streams -c Release -v q >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for _ in $(seq "$rounds"); do
  for setting in $settings; do
    bench/Streams/bin/Release/net10.0/Streams "${setting%:*}" "${setting#*:}" "$events" | tee -a "$work/$setting"
  done
done
column() { cut -f "$2" "$work/$1" | sort -g; }
spread() { column "$1" "$2" | awk '{v[NR]=$1} END {printf "%s, %s, %s", v[1], v[int((NR+1)/2)], v[NR]}'; }
middle() { column "$1" "$2" | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }
{
  echo "# Many streams in one silo"
  echo
  echo "\`bench/streams.sh\` · $(nproc) processors ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)), .NET $(dotnet --version) SDK ·" \
    "$(date -u +%F) · $rounds rounds, settings alternating"
  echo
  echo "8 features, in memory, learning policy Every, client and silo in one process, batches of 256 to the streams in turn. Processor time: of the" \
    "whole process per event, after the warm-up, until all is learned; min, median, max. Ratio: of the medians, to one stream of the preset." \
    "KiB: managed heap after a full collection, per stream after 512 events; the window is counted out." \
    "KiB estimated: what the service says before such a stream is created, all told, its window full."
  echo
  echo "| streams | preset | µs/event | ratio | KiB per stream beside its window | KiB window | events/s | KiB estimated |"
  echo "|---|---|---|---|---|---|---|---|"
  for setting in $settings; do
    one="1:${setting#*:}"
    echo "| ${setting%:*} | ${setting#*:} | $(spread "$setting" 3) |" \
      "$(awk "BEGIN {printf \"%.2f\", $(middle "$setting" 3) / $(middle "$one" 3)}") |" \
      "$(awk "BEGIN {printf \"%.0f\", ($(middle "$setting" 4) - $(middle "$setting" 5)) / 1024}") |" \
      "$(($(middle "$setting" 5) / 1024)) | $(middle "$setting" 7) |" \
      "$(($(middle "$setting" 8) / 1024)) |"
  done
} >"$report"
cat "$report"
