#!/usr/bin/env bash
# ensure-packages.sh run|test: the Debian packages that building or testing needs. Installs what is missing when
# root, else prints the one line to run and stops. Asks nothing; doing it again does nothing.
set -euo pipefail

build=(libsqlite3-dev libpq-dev libargon2-dev libqrencode-dev libgd-dev zlib1g-dev coinor-libclp-dev pkg-config curl git make ca-certificates python3-venv fonts-noto-cjk libjs-leaflet libjs-leaflet.markercluster)
test=(chromium postgresql zbar-tools poppler-utils)

wanted=("${build[@]}")
case "${1:-run}" in
  run) ;;
  test) wanted+=("${test[@]}") ;;
  *) echo "usage: $0 run|test" >&2; exit 64 ;;
esac

if ! command -v swift >/dev/null; then
  echo "Swift 6.3 is missing: https://www.swift.org/install/linux/ (Debian 12)" >&2
  exit 1
fi
if ! command -v dpkg-query >/dev/null; then
  echo "This is no Debian: please make sure that these are there: ${wanted[*]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed ]] || missing+=("$package")
done
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi

if [[ $(id -u) -ne 0 ]]; then
  echo "Some packages are missing. Please run this once, then again what you ran:" >&2
  echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "Installing ${missing[*]}"
# The tests have a server of their own; Debian's package would set up and start another.
if [[ " ${missing[*]} " == *" postgresql "* && ! -e /etc/postgresql-common ]]; then
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/longtang.conf
fi
log=$(mktemp)
install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" </dev/null >"$log" 2>&1
}
# The lists may be old or absent: only then are they fetched.
if ! install; then
  apt-get update </dev/null >"$log" 2>&1 || { tail -20 "$log" >&2; exit 1; }
  install || { tail -20 "$log" >&2; exit 1; }
fi
rm -f "$log"
