#!/usr/bin/env bash
# Runs the tests in the folders or files that are named, or all, and ends with the plain line `N passed, N failed`.
set -euo pipefail
cd "$(dirname "$0")/.."

report=$(mktemp)
trap 'rm -f "$report"' EXIT
status=0
npm test -- --json --outputFile="$report" "$@" || status=$?
node -e '
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
    require("fs").readFileSync(process.argv[1], "utf8"),
  );
  // A suite that could not even start has failed, though it counts no test.
  console.log(`${numPassedTests} passed, ${numFailedTests + (numRuntimeErrorTestSuites ?? 0)} failed`);
' "$report"
exit "$status"
