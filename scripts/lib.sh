# Sourced by the other scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mkdir -p var/log

# step NAME COMMAND…: on a terminal the command shows its own progress; elsewhere its output goes to var/log/NAME.log, a line a minute
# says that it is still at it, and only a failure shows what it said.
step() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  if [[ -t 1 ]]; then
    "$@"
    return
  fi
  local log="var/log/$name.log" status=0
  "$@" >"$log" 2>&1 </dev/null &
  local work=$!
  while kill -0 "$work" 2>/dev/null; do
    sleep 1
    local spent=$((SECONDS - began))
    if ((spent > 0 && spent % 60 == 0)); then echo "   … ${spent} s: $(tail -1 "$log" | cut -c1-100)"; fi
  done
  wait "$work" || status=$?
  if ((status != 0)); then
    echo "== $name failed ($status). The end of $log:" >&2
    tail -40 "$log" >&2
    # Last, because whoever keeps only the end of what was printed should find which test it was.
    echo "== what failed:" >&2
    { grep -aE 'recorded an issue|: error:|^FAILED|^ERROR|^E  ' "$log" || tail -5 "$log"; } | cut -c1-600 | head -20 >&2
    return "$status"
  fi
  echo "   $((SECONDS - began)) s"
}
