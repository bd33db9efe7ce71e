#!/usr/bin/env bash
# Numerical failures in 500 short runs (docs/benchmarks/quality.md): scores that are not finite, training steps skipped, publishes that
# kept the old snapshot, covariances that needed jitter. Every one of them could change a verdict.
# failures.sh DATA   DATA: folder with the sets named below; a set that is absent is skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=${1:?give the folder of the data sets}
seeds=50 rows=1000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build src/Cli -c Release -v q || exit 1

run() {
  dotnet src/Cli/bin/Release/net10.0/dagmm.dll evaluate prequential --first-seed 1 --seeds $seeds --no-controls -o json "$@" 2>/dev/null |
    tr -d '\n ' | sed -E 's/^\{"file":"([^"]*)".*"failures":\{([^}]*)\}.*/\1 \2/'
  echo
}
file() { if [ -e "$data/$1" ]; then run --input "$data/$1" --label-column label --shuffle --rows $rows; else echo "$1 is absent" >&2; fi; }

# Sets on which others fail: constant and equal columns, values that barely fit a float, equal rows.
awk -v n=$rows 'BEGIN { print "a,b,c,d,label"; for (i = 0; i < n; i++) { x = sin(i * 1.7); print x "," 5 "," 2 * x "," (i % 5 == 0) "," (i % 50 == 0) } }' \
  > "$work/degenerate.csv"
awk -v n=$rows 'BEGIN { srand(1); print "a,b,label"; for (i = 0; i < n; i++) { y = i % 50 == 0; print (y ? "3e38" : rand() * 1e-30) "," (y ? "-3e38" : 1e30 * rand()) "," y } }' \
  > "$work/extreme.csv"
awk -v n=$rows 'BEGIN { print "a,b,c,label"; for (i = 0; i < n; i++) print i % 3 "," i % 2 "," 1 "," (i % 100 == 0) }' > "$work/repeated.csv"

for set in cardio mammography satellite annthyroid; do file $set.csv; done
for set in degenerate extreme repeated; do run --input "$work/$set.csv" --label-column label; done
# A jump every 1,000 events; one jump; 2,000 equal events.
run --synthetic recurring
run --synthetic abrupt
run --synthetic burst --rows 8000
