#!/usr/bin/env bash
# Detection quality on live streams (docs/benchmarks/quality.md): the prequential protocol on real and synthetic streams, a JSON line each.
# quality.sh DATA [FIRST_SEED] [SEEDS]   DATA: folder with the sets named below; a set that is absent is skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
data=${1:?give the folder of the data sets}
first=${2:-1} seeds=${3:-5}

dotnet build src/Cli -c Release -v q || exit 1

run() { dotnet src/Cli/bin/Release/net10.0/dagmm.dll evaluate prequential --first-seed "$first" --seeds "$seeds" -o json "$@"; }
file() { if [ -e "$data/$1" ]; then run --input "$data/$1" --label-column label "${@:2}"; else echo "$1 is absent" >&2; fi; }

# The eight sets of the table: static ones shuffled by a fixed permutation, series in their order.
file cardio.csv --shuffle
file mammography.csv --shuffle
file satellite.csv --shuffle
file satimage_2.csv --shuffle
file shuttle.csv --shuffle --rows 20000
file smd_machine_1_6_test.csv.gz
file nab_nyc_taxi.csv --shingle 8
file nab_machine_temp.csv --shingle 8

# More.
file annthyroid.csv --shuffle
file landsat.csv --shuffle
file smd_machine_1_7_test.csv.gz

for kind in gradual abrupt recurring attack longFault regime burst stationary; do run --synthetic "$kind"; done
