#!/usr/bin/env bash
# The checks. Most use one core, so they run side by side; each prints a line when it passes.
set -euo pipefail
cd "$(dirname "$0")/.."

# Set up once, so that the checks find nothing left to do.
npm run --silent build
names=(
  governance:check typecheck lint format:check layout:check schema:check client:check
  container:check kubernetes:check metrics:check
)
running=()
for name in "${names[@]}"; do
  npm run --silent "$name" &
  running+=($!)
done
failed=()
for index in "${!names[@]}"; do wait "${running[$index]}" || failed+=("${names[$index]}"); done
if ((${#failed[@]} > 0)); then
  echo "Failed: ${failed[*]}. Each runs alone by: npm run NAME" >&2
  exit 1
fi
