#!/usr/bin/env bash
# Builds Refract against Debian 13's LibTorch 2.6 on Debian 12, and runs the tests with it. The packages of LibTorch and of the
# libraries it needs are downloaded with apt-get and unpacked into a folder; nothing is installed and no root rights are needed.
#   tools/check_libtorch2.sh [FOLDER]    FOLDER, by default build/libtorch2, takes about 1.5 GB and is used again
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${1:-build/libtorch2}"
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
root="$folder/root"
triplet="$(uname -m)-linux-gnu"
libraries="$root/usr/lib/$triplet"

# apt-get with lists, cache and state of its own, for Debian 13, as if nothing were installed.
configure_apt() {
  local apt="$folder/apt"
  mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
  echo "deb http://deb.debian.org/debian trixie main" >"$apt/sources.list"
  : >"$apt/status"
  cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State "$apt/state";
Dir::State::Status "$apt/status";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
END
  export APT_CONFIG="$apt/apt.conf"
}

# LibTorch's headers, and every shared library that it needs down to the C library.
packages() {
  apt-get --simulate --no-install-recommends install libtorch-dev libopenblas0-openmp |
    sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep --extended-regexp '^(lib|ocl-icd|ibverbs)' | grep --invert-match --extended-regexp -- '-dev$'
  echo libtorch-dev
}

unpack() {
  configure_apt
  apt-get update --quiet=2
  mapfile -t names < <(packages)
  echo "Downloading and unpacking ${#names[@]} packages of Debian 13 into $root"
  (cd "$folder/apt/cache" && apt-get download --quiet=2 "${names[@]}")
  rm -rf "$root"
  mkdir -p "$root.partial/usr/lib64" "$root.partial/usr/bin" "$root.partial/usr/sbin"
  # Debian 13 keeps everything below /usr, some packages still name the old places.
  for name in lib lib64 bin sbin; do ln -sfn "usr/$name" "$root.partial/$name"; done
  for package in "$folder"/apt/cache/*.deb; do dpkg --extract "$package" "$root.partial"; done
  mv "$root.partial" "$root"
  unset APT_CONFIG
}

[ -d "$root" ] || unpack

# The programs start with Debian 13's loader and look for libraries in its folders first, then in the system's.
paths="$libraries:$libraries/openblas-openmp:$libraries/blas:$libraries/lapack"
loader="$(find "$root/usr/lib64/" "$libraries/" -maxdepth 1 -name 'ld-linux*.so*' | head -n 1)"
LIBTORCH="$root/usr" cmake --preset libtorch2 -B "$folder/build" --log-level=WARNING \
  -DCMAKE_EXE_LINKER_FLAGS="-Wl,--dynamic-linker,$loader -Wl,-rpath,$paths -Wl,--disable-new-dtags -Wl,--allow-shlib-undefined"
cmake --build "$folder/build" --parallel "$(nproc)"
ctest --test-dir "$folder/build" --output-on-failure
