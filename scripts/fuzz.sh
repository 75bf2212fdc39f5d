#!/usr/bin/env bash
# scripts/fuzz.sh [SECONDS [TARGET…]]: feeds every reader of outside bytes with made-up bytes, SECONDS each (4 when not told), two at once.
# Only the readers are compiled, with libFuzzer and AddressSanitizer, into var/fuzz: the package itself is not built again.
# What brings a reader down is kept in var/fuzz/found/TARGET: mend it, then put the file into Tests/FuzzTests/Seeds/TARGET.
source "$(dirname "$0")/lib.sh"
seconds=${1:-4}
shift || true
out=var/fuzz
mkdir -p "$out"
# A crash is told at once: the backtrace program would hold the pipe open.
export SWIFT_BACKTRACE=enable=no

common=(
  -swift-version 6 -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility -enable-testing -O -wmo
  -parse-as-library -sanitize=fuzzer,address -I "$out" -I Sources/Base/CSpawn -I Sources/Base/CZlib -I Sources/Base/CGD -I Sources/Base/CQRencode
)
# shellcheck disable=SC2207
common+=($(pkg-config --cflags gdlib libqrencode zlib))

# module NAME FILE…: compiled when one of its files or an earlier module is newer.
module() {
  local name=$1
  shift
  if [[ -f $out/$name.o ]] && [[ -z $(find "$@" -newer "$out/$name.o" -print -quit) ]]; then return; fi
  swiftc "${common[@]}" -module-name "$name" -emit-module -emit-module-path "$out/$name.swiftmodule" -c "$@" -o "$out/$name.o"
}
# all FOLDER: the Swift files below it.
all() { find "$1" -name '*.swift' | sort; }

build() {
  # The rooms and doors are reduced to their readers: these files need nothing but what stands above them.
  local pids=() pid
  # shellcheck disable=SC2046
  {
    module Kernel $(all Sources/Base/Kernel) & pids+=($!)
    module Sheets $(all Sources/Base/Sheets) & pids+=($!)
    module Understanding $(all Sources/Base/Understanding) & pids+=($!)
    for pid in "${pids[@]}"; do wait "$pid"; done
    pids=()
    module Pictures $(all Sources/Base/Pictures) & pids+=($!)
    module Storage Sources/Base/Storage/{CanonicalJSON,TypedCode}.swift & pids+=($!)
    module Intake Sources/Rooms/Intake/Masking.swift & pids+=($!)
    module Compounds Sources/Rooms/Compounds/CompoundMapping.swift & pids+=($!)
    module WebSupport Sources/Doors/WebSupport/Server/{Fields,Multipart,BodyLimits,UploadedFile,Cookies,Addresses,Origin,LocalPath,ByteRange}.swift & pids+=($!)
    for pid in "${pids[@]}"; do wait "$pid"; done
  }
  if [[ -x $out/fuzz ]] && [[ -z $(find Tests/FuzzTests/Targets Fuzz "$out"/*.o -newer "$out/fuzz" -print -quit) ]]; then return; fi
  # shellcheck disable=SC2046
  swiftc "${common[@]}" -module-name fuzz Fuzz/Entry.swift Tests/FuzzTests/Targets/*.swift "$out"/*.o -o "$out/fuzz" \
    $(pkg-config --libs gdlib libqrencode zlib) 2> >(grep -v "Cannot export local symbol" >&2)
}

# one TARGET: begins with the committed inputs and what earlier runs on this machine have learnt.
one() {
  local target=$1 longest
  longest=$(grep -rhoE "FuzzTarget\(\"$target\"(, longest: [0-9_]+)?" Tests/FuzzTests/Targets | sed -nE 's/.*longest: ([0-9_]+)/\1/p' | tr -d _)
  mkdir -p "$out/corpus/$target" "$out/found/$target"
  if FUZZ_TARGET=$target "$out/fuzz" -seed=20260924 -max_total_time="$seconds" -max_len="${longest:-2048}" -timeout=25 -rss_limit_mb=1500 \
    -artifact_prefix="$out/found/$target/" "$out/corpus/$target" "Tests/FuzzTests/Seeds/$target" >"$out/$target.log" 2>&1; then
    echo "$target: $(grep -aE '^Done [0-9]+ runs' "$out/$target.log")"
  else
    echo "$target: FAILED"
    tail -40 "$out/$target.log"
    return 1
  fi
}

began=$SECONDS
build
echo "built in $((SECONDS - began)) s"
targets=("$@")
if ((${#targets[@]} == 0)); then
  mapfile -t targets < <(grep -rhoE 'FuzzTarget\("[a-z]+"' Tests/FuzzTests/Targets | cut -d'"' -f2)
fi
export -f one
export seconds out
printf '%s\n' "${targets[@]}" | xargs -P 2 -I{} bash -c 'one {}'
