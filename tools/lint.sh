#!/usr/bin/env bash
# Checks the layout (clang-format), the shell scripts (shellcheck) and the sources (clang-tidy); any finding is an error.
#   tools/lint.sh              everything, as .ci/run does
#   tools/lint.sh layout       clang-format and shellcheck only, in seconds
#   tools/lint.sh format       changes the layout instead of checking it
#   tools/lint.sh FILE ...     clang-tidy on these sources alone
#
# clang-tidy walks through all of LibTorch's headers again for every compilation: half a minute each. So all sources of a
# folder are compiled as one here, and some folders too (REFRACT_JOINED in CMakePresets.json). Where it says that a name is
# defined twice, two sources of these have it in their anonymous namespaces: rename one. Tests are not checked.
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
  xargs --max-procs="$(nproc)" --max-args=1 clang-tidy -p "$build" --quiet --checks=-bugprone-suspicious-include \
    --extra-arg-before=-include --extra-arg-before=ATen/core/ivalue.h 2>"$build/clang-tidy.log"
}

# What CMake would compile: the largest units first, so that both processors end together.
units() {
  sed -n 's/.*"file": "\(.*\)".*/\1/p' "$build/compile_commands.json" | grep --invert-match 'tests[.]dir/\|[.]pb[.]cc$' |
    xargs wc --lines | sort --numeric-sort --reverse | awk '$2 != "total" {print $2}'
}

case "${1:-all}" in
  format) layout -i ;;
  layout)
    layout --dry-run --Werror
    scripts
    ;;
  all)
    layout --dry-run --Werror
    scripts
    configure
    units | clang_tidy
    ;;
  *)
    configure
    printf '%s\n' "$@" | clang_tidy
    ;;
esac
