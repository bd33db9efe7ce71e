#!/usr/bin/env bash
# Builds everything and runs every test project, one after the other: two of them at a time only steal each other's cores.
# The last line is "N passed, N failed, N skipped". Fails when a test failed, a project did not run to its end, or nothing ran.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

configuration=${CONFIGURATION:-Release}
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

dotnet build DagmmStream.sln --configuration "$configuration" --verbosity quiet -nodeReuse:false || {
  echo "The build failed." >&2
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
}

passed=0 failed=0 skipped=0 broken=0 failures=()
count() { sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" "$2" | tail -n 1; }

for project in tests/*.Tests/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  log="$results/$name.log"
  dotnet test --project "$project" --configuration "$configuration" --no-build --no-progress --no-ansi 2>&1 | tee "$log"
  code=${PIPESTATUS[0]}
  project_failed=$(count failed "$log")
  passed=$((passed + $(count succeeded "$log" | grep . || echo 0)))
  failed=$((failed + ${project_failed:-0}))
  skipped=$((skipped + $(count skipped "$log" | grep . || echo 0)))
  # "failed Name (1s 234ms)" and the lines that say why: named again below, where a long log is read first.
  while IFS= read -r line; do failures+=("$name: $line"); done < <(grep -E -A 12 '^failed [A-Za-z]' "$log" | cut -c 1-300)
  # 8: the project has no tests yet.
  if [ "$code" -ne 0 ] && [ "$code" -ne 8 ] && [ "${project_failed:-0}" -eq 0 ]; then
    echo "$name ended with exit code $code." >&2
    broken=$((broken + 1))
  fi
done

[ "${#failures[@]}" -eq 0 ] || { echo "== Failed"; printf '%s\n' "${failures[@]}"; }
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ] && [ "$passed" -gt 0 ]
