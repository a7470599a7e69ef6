#!/usr/bin/env bash
# Whether what `cmake --install` leaves is enough for another project: installs a build into a folder of its own, builds
# the smallest example against it, and runs the installed program.
#   tools/check_install.sh BUILD
set -euo pipefail
build="$(cd "$1" && pwd)"
source="$(cd "$(dirname "$0")/.." && pwd)"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

# What the build itself was given, so that the example finds the same LibTorch.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }

cmake --install "$build" --prefix "$folder/prefix" >/dev/null
"$folder/prefix/bin/refract" --version
cmake -S "$source/examples" -B "$folder/examples" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$folder/prefix;$(cached CMAKE_PREFIX_PATH)" -DCMAKE_EXE_LINKER_FLAGS="$(cached CMAKE_EXE_LINKER_FLAGS)" >/dev/null
cmake --build "$folder/examples" --target nearest
said="$("$folder/examples/nearest" 2>&1 || true)"
[[ "$said" == Usage:* ]] || { echo "Expected a sentence on its usage from the example, found: $said" >&2; exit 1; }
echo "An example was built with the installed library."
