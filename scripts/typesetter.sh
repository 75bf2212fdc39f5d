#!/usr/bin/env bash
# What papers are set with, into var/typesetter: a Python with typst (pinned in Data/papers/requirements.txt) and the typefaces. Needs no
# root; doing it again does nothing. Without it the program works and says that it can make no PDF.
source "$(dirname "$0")/lib.sh"
folder=${1:-var/typesetter}
list=Data/papers/requirements.txt
mkdir -p "$folder"

if [[ ! -f $folder/venv/made-from ]] || ! cmp -s "$list" "$folder/venv/made-from"; then
  rm -rf "$folder/venv"
  python3 -m venv "$folder/venv"
  "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-input --only-binary :all: -r "$list"
  cp "$list" "$folder/venv/made-from"
fi

# unpack PACKAGE PATTERN: files of a Debian package, without installing it.
unpack() {
  local package=$1 pattern=$2 scratch
  scratch=$(mktemp -d)
  (cd "$scratch" && apt-get download -qq "$package" >/dev/null 2>&1) || { rm -rf "$scratch"; return 1; }
  # shellcheck disable=SC2211 -- one file, whatever its version
  dpkg-deb --fsys-tarfile "$scratch"/*.deb | tar -x -C "$scratch" --wildcards "$pattern" || { rm -rf "$scratch"; return 1; }
  find "$scratch" -type f \( -name '*.otf' -o -name '*.ttc' \) -exec cp {} "$folder/fonts/" \;
  rm -rf "$scratch"
}
mkdir -p "$folder/fonts"
# The title face, and what the other lacks: 镕 喆 堃.
for face in NotoSerifCJK-Regular.ttc NotoSerifCJK-Bold.ttc; do
  [[ -f $folder/fonts/$face ]] && continue
  if [[ -f /usr/share/fonts/opentype/noto/$face ]]; then
    cp "/usr/share/fonts/opentype/noto/$face" "$folder/fonts/"
  else
    unpack fonts-noto-cjk "./usr/share/fonts/opentype/noto/NotoSerifCJK-*" || {
      echo "The typeface Noto Serif CJK could not be had: install fonts-noto-cjk, then run this again." >&2
      exit 1
    }
  fi
done
# 仿宋. Its package belongs to TeX, of which nothing else is needed. Licence: GPL with font exception.
if [[ ! -f $folder/fonts/FandolFang-Regular.otf ]]; then
  unpack texlive-lang-chinese "*/FandolFang-Regular.otf" ||
    echo "FandolFang (仿宋) could not be had from Debian's texlive-lang-chinese: papers will be set in Noto Serif CJK." >&2
fi
