#!/usr/bin/env bash
# make bench: a release build measured on this machine over loopback. Say what else the machine was doing when quoting it.
# More or less of it: make bench BENCH="--sizes 10000 --rows 0".
source "$(dirname "$0")/lib.sh"
scripts/ensure-packages.sh run
echo "== build"
swift build -c release --product longtang
uname -srm
echo "cores: $(nproc)"
uptime
exec "$(swift build -c release --show-bin-path)/longtang" bench "$@"
