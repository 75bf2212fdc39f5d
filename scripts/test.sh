#!/usr/bin/env bash
# make test: install what the tests need, build them, run all, say how it went.
source "$(dirname "$0")/lib.sh"

# Tests look at no configuration of the person who runs them.
for name in $(compgen -e | grep '^LONGTANG_' || true); do [[ $name == LONGTANG_SHARED ]] || unset "$name"; done

scripts/ensure-packages.sh test
step build swift build --build-tests
step swift-test swift test --skip-build --disable-xctest
step venv scripts/venv.sh
step browser .venv/bin/python -m pytest -q --tb=short Tests/Browser

echo
echo "== results"
if [[ ! -t 1 ]]; then
  grep -ahoE 'Test run with .*' var/log/swift-test.log | tail -1
  tail -1 var/log/browser.log
fi
echo "all tests passed"
