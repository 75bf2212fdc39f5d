#!/usr/bin/env bash
# make check: what a push needs, besides the tests.
source "$(dirname "$0")/lib.sh"
scripts/ensure-packages.sh run
step format swift format lint --strict --recursive Package.swift Sources Tests Fuzz
step imports swift build --explicit-target-dependency-import-check error
step schema bash -c 'diff -u docs/schema.sql <("$(swift build --show-bin-path)/longtang" schema) || { echo "docs/schema.sql is not what the migrations make: make schema"; exit 1; }'
step links python3 scripts/check-links.py
step promises python3 scripts/check-promises.py
echo "all checks passed"
