#!/usr/bin/env bash
# Installs the Debian packages that Refract needs and selects OpenBLAS. Where all is in place it does nothing.
#   tools/setup.sh build           what building and testing need
#   tools/setup.sh build checks    also what `make lint` needs
#   tools/setup.sh npm             the client that fetches MNIST
#   tools/setup.sh peers           what `make bench` compares with
set -euo pipefail

packages_of() {
  case "$1" in
    build)
      echo g++ cmake ninja-build ccache git \
        libtorch-dev libopenblas0-openmp \
        libopencv-imgcodecs-dev libopencv-imgproc-dev libopencv-ml-dev \
        libgif-dev libjpeg-dev libpng-dev libtiff-dev libwebp-dev \
        libcli11-dev libtoml11-dev nlohmann-json3-dev libfmt-dev \
        libprotobuf-dev protobuf-compiler libssl-dev zlib1g-dev libzip-dev libgtest-dev
      ;;
    checks) echo clang-format clang-tidy libomp-dev shellcheck ;;
    npm) echo npm ca-certificates ;;
    peers) echo python3-torch ;;
    *)
      echo "tools/setup.sh: there is no group '$1'; the groups are build, checks, npm and peers." >&2
      exit 2
      ;;
  esac
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "tools/setup.sh: '$*' needs root rights, and sudo is not installed. Run this command as root." >&2
    exit 1
  fi
}

# The packages among the arguments that are not installed. dpkg-query's status says only that there are some.
missing() {
  local installed
  installed="$({ dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null || true; } | sed -n 's/^ii *//p')"
  for package in "$@"; do
    grep --quiet --line-regexp --fixed-strings -- "$package" <<<"$installed" || echo "$package"
  done
}

install_packages() {
  echo "Installing with apt-get (this takes a few minutes): $*"
  as_root apt-get update --quiet=2 || echo "apt-get update failed; going on with the package lists that are here." >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends "$@" >"$log" 2>&1 || {
    tail -n 30 "$log" >&2
    echo "tools/setup.sh: apt-get could not install the packages above; its last lines stand before this one." >&2
    exit 1
  }
}

# The OpenMP build of OpenBLAS shares LibTorch's threads. Debian ranks it below the pthread build, which spins against them,
# and reference BLAS is 30 times slower.
select_openblas() {
  local triplet library name wanted
  triplet="$(uname -m)-linux-gnu"
  for library in blas lapack; do
    name="lib$library.so.3-$triplet"
    wanted="/usr/lib/$triplet/openblas-openmp/lib$library.so.3"
    if [ -e "$wanted" ] && [ "$(readlink "/etc/alternatives/$name")" != "$wanted" ]; then
      echo "Selecting $wanted for $name with update-alternatives."
      as_root update-alternatives --quiet --set "$name" "$wanted"
    fi
  done
}

if ! command -v dpkg-query >/dev/null; then
  echo "tools/setup.sh: this machine has no dpkg. Install by hand what these Debian 12 packages hold, then use cmake as" >&2
  echo "CONTRIBUTING.md says: $(packages_of build)" >&2
  exit 1
fi

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
[ $# -gt 0 ] || set -- build
wanted=()
for group in "$@"; do
  read -r -a names <<<"$(packages_of "$group")"
  wanted+=("${names[@]}")
done
mapfile -t absent < <(missing "${wanted[@]}")
if [ ${#absent[@]} -gt 0 ]; then install_packages "${absent[@]}"; fi
select_openblas
