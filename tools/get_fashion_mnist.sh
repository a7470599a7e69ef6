#!/usr/bin/env bash
# Puts Fashion-MNIST's four files into data/fashion_mnist, checked against tools/fashion-mnist.sha256: from Debian's package
# dataset-fashion-mnist, which it downloads but does not install. Status 1, after a sentence, where it cannot be had;
# data/fashion_mnist is then as it was. Where the files are there already it does nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

package=dataset-fashion-mnist
sums="$PWD/tools/fashion-mnist.sha256"
target=data/fashion_mnist

verified() { (cd "$1" && sha256sum --check --status --strict "$sums") 2>/dev/null; }

if verified "$target"; then exit 0; fi
mkdir -p data
work="$(mktemp -d data/.fashion-mnist.XXXXXX)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/files"
echo "Downloading Fashion-MNIST: Debian's package $package."
if ! (cd "$work" && apt-get download "$package" && dpkg-deb --extract "$package"_*.deb unpacked) >"$work/log" 2>&1; then
  tail -n 3 "$work/log" >&2
  echo "apt-get could not download $package (it is in Debian 12 and later; run apt-get update first). Put the files that" >&2
  echo "tools/fashion-mnist.sha256 names into $target, packed with gzip or not, or name their folder in FASHION_MNIST_DIR." >&2
  exit 1
fi
for file in "$work"/unpacked/usr/share/datasets/fashion-mnist/*.gz; do
  gzip --decompress --stdout "$file" >"$work/files/$(basename "$file" .gz)"
done
if ! verified "$work/files"; then
  echo "The files of $package differ from the checksums in tools/fashion-mnist.sha256: they are not used." >&2
  exit 1
fi
chmod 755 "$work/files"
rm -rf "$target" && mv "$work/files" "$target"
echo "Fashion-MNIST is in $target, checked against tools/fashion-mnist.sha256."
