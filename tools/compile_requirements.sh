#!/bin/sh
# Compiles requirements*.in to the pinned requirements*.txt. Add --upgrade for newer pins.
set -eu
cd "$(dirname "$0")/.."
for list in requirements requirements-dev; do
  .venv/bin/pip-compile --quiet --strip-extras --no-header --no-emit-index-url --no-emit-find-links \
    --allow-unsafe --resolver=backtracking "$@" --output-file "$list.txt" "$list.in"
done
