#!/usr/bin/env bash
# make test: install what the tests need, build them, run all, say how it went.
source "$(dirname "$0")/lib.sh"

# Tests look at no configuration of the person who runs them.
for name in $(compgen -e | grep '^LONGTANG_' || true); do [[ $name == LONGTANG_SHARED ]] || unset "$name"; done

scripts/ensure-packages.sh test
step typesetter scripts/typesetter.sh
step build swift build --build-tests
# Suites that start the real program, or measure patience, have the machine to themselves: beside hundreds of others on two cores nothing
# starts in time, and nothing would be under way when it is killed.
live='^DoorsTests\.(BadServer|BadStore|Crash|Drain|LiveInput|LiveMove|Ready|RollingRestart|StoreLock|WireAttack|WorkPort)Tests'
# Every test has a store of its own: hundreds at once would hold thousands of files open.
step swift-test swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 64 --skip "$live"
step live swift test --skip-build --disable-xctest --no-parallel --filter "$live"

# Once more on the other engine, but for what never touches a store: a server of our own, gone with this script.
echo "== PostgreSQL"
server=$(scripts/test-postgres.sh start)
stop_server() { scripts/test-postgres.sh stop "$(tail -1 <<<"$server")"; }
trap stop_server EXIT
export LONGTANG_TEST_POSTGRES
LONGTANG_TEST_POSTGRES=$(head -1 <<<"$server")
step swift-test-postgres swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width 64 --skip "$live" \
  --skip '^(CatalogueTests|IntakeTests|KernelTests|PicturesTests|SheetsTests|StaffingTests|StatisticsTests|TypesettingTests|UnderstandingTests|WorkCalendarTests)\.'
step live-postgres swift test --skip-build --disable-xctest --no-parallel --filter "$live"
unset LONGTANG_TEST_POSTGRES
trap - EXIT
stop_server

# One after the other and with the machine to themselves; both engines, with a server of their own.
LONGTANG_FAULT_ROUNDS=1 step faults swift test --skip-build --disable-xctest --filter '^DoorsTests\.Faults'
step fuzz scripts/fuzz.sh 3

step venv scripts/venv.sh
step lab .venv/bin/python -m pytest -q --tb=short Tests/Lab
step staffing .venv/bin/python -m pytest -q --tb=short Tests/Staffing
step api .venv/bin/python -m pytest -q --tb=short Tests/Api
step browser .venv/bin/python -m pytest -q --tb=short Tests/Browser

echo
echo "== results"
if [[ ! -t 1 ]]; then
  for log in swift-test live swift-test-postgres live-postgres faults; do grep -ahoE 'Test run with .*' "var/log/$log.log" | tail -1; done
  tail -1 var/log/lab.log
  tail -1 var/log/staffing.log
  tail -1 var/log/api.log
  tail -1 var/log/browser.log
fi
echo "all tests passed"
