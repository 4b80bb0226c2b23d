#!/usr/bin/env bash
# Builds the image, with Docker or the engine that CONTAINER_ENGINE names.
set -euo pipefail
cd "$(dirname "$0")/.."

"${CONTAINER_ENGINE:-docker}" build --tag foregsyte .
