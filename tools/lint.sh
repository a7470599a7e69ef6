#!/usr/bin/env bash
# Checks the layout (clang-format), the shell scripts (shellcheck) and the sources (clang-tidy); any finding is an error.
#   tools/lint.sh              everything, as .ci/run does
#   tools/lint.sh layout       clang-format and shellcheck only, in seconds
#   tools/lint.sh format       changes the layout instead of checking it
#   tools/lint.sh FILE ...     clang-tidy itself on these sources
#
# clang-tidy walks through all of LibTorch's headers again for every source: half a minute each. clangd runs the same checks,
# with the same .clang-tidy, on a source alone, in a fifth of the time. So "everything" means clangd on each source, and
# clang-tidy once on all headers together.
set -euo pipefail
cd "$(dirname "$0")/.."

build=build/lint

files() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done; }

layout() { files '*.cpp' '*.h' | xargs clang-format "$@"; }

scripts() { files '*.sh' .ci/run 'tools/hooks/*' | xargs shellcheck; }

# The commands that would compile each source, and the headers that a build writes. (As a target of the build, the first of
# them would wait for half of the library.)
configure() {
  cmake --preset lint >/dev/null
  protoc --cpp_out="$build" refract/train/events.proto
  cmake --build "$build" --target refract_commit >/dev/null
}

# Findings come on standard output; the other stream counts what was found in the headers of others.
# clang needs IValue complete before the headers that hold vectors of it.
clang_tidy() {
  xargs --max-procs="$(nproc)" --max-args=1 clang-tidy -p "$build" --quiet \
    --extra-arg-before=-include --extra-arg-before=ATen/core/ivalue.h 2>"$build/clang-tidy.log"
}

# One source with clangd: its findings, each after the file's name.
check_source() {
  local log
  log="$(clangd --check="$1" --check-lines=1-1 --compile-commands-dir="$build" --enable-config=false --log=error 2>&1)" && return
  sed "/All checks completed/d; s|^E\[[0-9:.]*\] |$1: |" <<<"$log"
  return 1
}

check_sources() {
  files 'refract/*.cpp' 'app/*.cpp' 'benchmarks/*.cpp' 'examples/*.cpp' | xargs --max-procs="$(nproc)" --max-args=1 tools/lint.sh source
}

check_headers() {
  files 'refract/*.h' 'app/*.h' | sed 's/.*/#include "&"/' >"$build/headers.cpp"
  echo "$build/headers.cpp" | clang_tidy
}

case "${1:-all}" in
  source) check_source "$2" ;;
  format) layout -i ;;
  layout)
    layout --dry-run --Werror
    scripts
    ;;
  all)
    layout --dry-run --Werror
    scripts
    configure
    check_headers
    check_sources
    ;;
  *)
    configure
    printf '%s\n' "$@" | clang_tidy
    ;;
esac
