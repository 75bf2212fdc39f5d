#!/usr/bin/env bash
# make run: install what is missing, build, prepare a pilot city once, serve it.
source "$(dirname "$0")/lib.sh"
store=${LONGTANG_STORE_FOLDER:-var/pilot}
unset LONGTANG_STORE_FOLDER

scripts/ensure-packages.sh run
scripts/typesetter.sh || echo "papers cannot be made as PDF until scripts/typesetter.sh goes through; all else works" >&2
echo "== build (the first time takes several minutes)"
swift build -c release --product longtang
program=$(swift build -c release --show-bin-path)/longtang
"$program" demo --data "$store"
exec "$program" serve --data "$store"
