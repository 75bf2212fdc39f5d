#!/usr/bin/env bash
# The Python of the tests in Tests/Browser, Tests/Api and Tests/Lab: made once, made anew when its list has changed.
source "$(dirname "$0")/lib.sh"
list=Tests/Browser/requirements.txt
if [[ ! -f .venv/made-from ]] || ! cmp -s "$list" .venv/made-from; then
  rm -rf .venv
  python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --no-input -r "$list"
  cp "$list" .venv/made-from
fi
