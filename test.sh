#!/usr/bin/env bash
# Builds everything and runs every test project, one after the other. The last line is "N passed, N failed, N skipped";
# the exit code is 0 only if tests ran and none failed. Needs nothing but the .NET SDK.
set -u
cd "$(dirname "$0")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1

dotnet build DagmmStream.sln -c Release -v quiet || { echo "the build failed"; echo "0 passed, 1 failed"; exit 1; }

passed=0 failed=0 skipped=0
for project in tests/*.Tests; do
  echo "== $project"
  output=$(dotnet test --project "$project" -c Release --no-build 2>&1)
  code=$?
  echo "$output"
  count() { echo "$output" | sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" | tail -n 1; }
  p=$(count succeeded) f=$(count failed) s=$(count skipped)
  # A runner that ended without a summary, or ended badly without naming a failed test, is a failure too.
  if [ -z "$p" ] || { [ "$code" -ne 0 ] && [ "${f:-0}" -eq 0 ]; }; then f=$((${f:-0} + 1)); fi
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
