#!/usr/bin/env bash
# A PostgreSQL server for the tests alone: on a socket in a temporary folder, as a user who may do nothing else.
#   scripts/test-postgres.sh start   prints the connection string for LONGTANG_TEST_POSTGRES, and the folder
#   scripts/test-postgres.sh replica FOLDER   starts a second server that follows the first, and prints its connection string
#   scripts/test-postgres.sh stop-replica FOLDER
#   scripts/test-postgres.sh again FOLDER   starts it anew after it was killed
#   scripts/test-postgres.sh stop FOLDER
# Nothing is vacuumed or analyzed by itself: tests explain plans, and of three rows the server would soon know that reading all is quickest.
# Its own order is that of Chinese (ICU, by pinyin), so that a column whose order was forgotten shows in the tests.
set -euo pipefail

tools=""
for folder in /usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null || true)"; do
  if [[ -x $folder/initdb ]]; then tools=$folder; fi
done
if [[ -z $tools ]]; then
  echo "no PostgreSQL server: scripts/ensure-packages.sh test" >&2
  exit 1
fi
# A server refuses to run as root.
as=()
if [[ $(id -u) -eq 0 ]]; then as=(runuser -u nobody --); fi

# A server lives on: whoever runs this through a pipe or a socket would wait for what it inherits.
for descriptor in /proc/$$/fd/*; do
  number=${descriptor##*/}
  if ((number > 2 && number != 255)); then eval "exec $number>&-" 2>/dev/null || true; fi
done

run() {
  "${as[@]}" "$tools/pg_ctl" -D "$folder/data" -w -t 60 -l "$folder/data/server.log" -o "-c listen_addresses='' -c unix_socket_directories='$folder' \
    -c fsync=on -c max_connections=400 -c shared_buffers=${LONGTANG_TEST_BUFFERS:-256MB} -c autovacuum=${LONGTANG_TEST_AUTOVACUUM:-off} -c max_wal_size=2GB -c checkpoint_timeout=1h -c log_min_messages=warning -c log_min_error_statement=panic" start >/dev/null </dev/null 2>&1 ||
    { tail -40 "$folder/data/server.log" >&2; exit 1; }
}

case "${1:-}" in
  start)
    folder=$(mktemp -d "${TMPDIR:-/tmp}/longtang-pg.XXXXXX")
    if [[ ${#as[@]} -gt 0 ]]; then chown nobody "$folder"; fi
    chmod 755 "$folder"
    cd "$folder"
    "${as[@]}" "$tools/initdb" -D "$folder/data" -U tester -A trust -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=zh-CN \
      >"$folder/../${folder##*/}.initdb.log" 2>&1 || { cat "$folder/../${folder##*/}.initdb.log" >&2; exit 1; }
    rm -f "$folder/../${folder##*/}.initdb.log"
    run
    echo "host=$folder dbname=postgres user=tester"
    echo "$folder"
    ;;
  replica)
    folder=${2:?which folder}
    cd "$folder"
    "${as[@]}" "$tools/pg_basebackup" -h "$folder" -U tester -D "$folder/replica" -R -X stream -c fast >/dev/null
    "${as[@]}" "$tools/pg_ctl" -D "$folder/replica" -w -t 60 -l "$folder/replica/server.log" -o "-c listen_addresses='' -c unix_socket_directories='$folder' \
      -c port=5433 -c max_connections=400 -c hot_standby=on -c wal_retrieve_retry_interval=500ms" start >/dev/null </dev/null 2>&1 || { cat "$folder/replica/server.log" >&2; exit 1; }
    echo "host=$folder port=5433 dbname=postgres user=tester"
    ;;
  stop-replica)
    folder=${2:?which folder}
    cd "$folder"
    "${as[@]}" "$tools/pg_ctl" -D "$folder/replica" -m immediate -w stop >/dev/null 2>&1 || true
    ;;
  again)
    folder=${2:?which folder}
    cd "$folder"
    # After a power cut the numbers in them belong to nobody; here they may belong to a dead process that is still in the table.
    rm -f data/postmaster.pid .s.PGSQL.*.lock
    run
    ;;
  stop)
    folder=${2:?which folder}
    cd "$folder"
    if [[ -d $folder/replica ]]; then "${as[@]}" "$tools/pg_ctl" -D "$folder/replica" -m immediate -w stop >/dev/null 2>&1 || true; fi
    "${as[@]}" "$tools/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$folder"
    ;;
  *)
    echo "usage: $0 start | again FOLDER | replica FOLDER | stop-replica FOLDER | stop FOLDER" >&2
    exit 64
    ;;
esac
