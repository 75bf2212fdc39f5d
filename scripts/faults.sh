#!/usr/bin/env bash
# make faults: what docs/promises.md promises, tried on both engines under load. LONGTANG_FAULT_ROUNDS says how often each fault is tried.
rounds=${LONGTANG_FAULT_ROUNDS:-3}
source "$(dirname "$0")/lib.sh"
for name in $(compgen -e | grep '^LONGTANG_' || true); do unset "$name"; done
scripts/ensure-packages.sh test
step build swift build --build-tests
export LONGTANG_FAULT_ROUNDS=$rounds
step faults swift test --skip-build --disable-xctest --filter '^DoorsTests\.Faults'
if [[ ! -t 1 ]]; then grep -ahE '^faults, |Test run with' var/log/faults.log; fi
