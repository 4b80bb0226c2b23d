#!/usr/bin/env bash
# Compares the packages that the product runs with (optional ones too) with the registry's list of known holes.
set -euo pipefail
cd "$(dirname "$0")/.."

npm audit --omit=dev --audit-level=high
