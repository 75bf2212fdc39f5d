#!/usr/bin/env bash
# make bench: a release build measured on this machine over loopback, both engines side by side. Say what else the machine was doing when
# quoting it. More or less of it: make bench BENCH="--sizes 10000 --rows 0 --engines sqlite".
# make bench-large: ten million reports, one engine after the other; takes an hour or two and some 60 GB of disk, TMPDIR says where.
source "$(dirname "$0")/lib.sh"
# What is measured is set here alone.
for name in $(compgen -e | grep '^LONGTANG_' || true); do unset "$name"; done
scripts/ensure-packages.sh test
echo "== build"
swift build -c release --product longtang
uname -srm
echo "cores: $(nproc)"
uptime
# A PostgreSQL of our own, gone with this script, with the memory a server of an office would be given.
server=$(LONGTANG_TEST_BUFFERS=1GB LONGTANG_TEST_AUTOVACUUM=on scripts/test-postgres.sh start)
stop_server() { scripts/test-postgres.sh stop "$(tail -1 <<<"$server")"; }
trap stop_server EXIT
"$(swift build -c release --show-bin-path)/longtang" bench --postgres "$(head -1 <<<"$server")" "$@"
