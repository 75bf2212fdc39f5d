#!/usr/bin/env bash
# make bench: a release build with the pilot city, asked by wrk over loopback. Say what else the machine was doing when quoting it.
source "$(dirname "$0")/lib.sh"
scripts/ensure-packages.sh bench
step build-release swift build -c release --product longtang
program=$(swift build -c release --show-bin-path)/longtang
step pilot "$program" demo --data var/bench
export LONGTANG_LISTEN_PORT=${BENCH_PORT:-18090} LONGTANG_LIMITS_RATE=off LONGTANG_LOG_LEVEL=warning
url=http://127.0.0.1:$LONGTANG_LISTEN_PORT
"$program" serve --data var/bench >var/log/bench-serve.log 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do curl -sf -o /dev/null "$url/health" && break; sleep 0.1; done
jar=$(mktemp)
token=$(curl -s -c "$jar" "$url/sign-in" | sed -nE 's/.*name="_csrf" value="([^"]+)".*/\1/p' | head -1)
if [[ -n ${BENCH_LOGIN:-} ]]; then
  curl -s -o /dev/null -b "$jar" -c "$jar" --data-urlencode "_csrf=$token" --data-urlencode "account=$BENCH_LOGIN" \
    --data-urlencode "password=${BENCH_PASSWORD:-}" "$url/sign-in"
fi
cookie=$(awk '$6=="longtang"{print "longtang="$7}' "$jar")
uname -srm; nproc; uptime
for path in /health /sign-in ${BENCH_PATHS:-}; do
  echo "-- $path"
  wrk -t1 -c32 -d6s --latency -H "Cookie: $cookie" "$url$path" | grep -E 'Requests/sec|50%|99%|Non-2xx' || true
done
ps -o rss= -p "$server" | awk '{print "memory " int($1/1024) " MB"}'
