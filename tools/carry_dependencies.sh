#!/usr/bin/env bash
# For a machine on which nothing can be installed: gathers in a folder what Refract needs beside a compiler and LibTorch. Carry
# FOLDER/usr there and name it to tools/gpu_check.sh as DEPENDENCIES. Runs on Debian 12 without root rights and installs nothing; what it
# gathers serves machines with the same kind of processor and glibc 2.36 or later (Ubuntu 24.04, for one).
#   tools/carry_dependencies.sh [FOLDER]    by default build/dependencies; FOLDER/usr takes 40 MB, 11 MB packed
# OpenCV is built from Debian's source, which takes most of the time: Debian's own reads images with a hundred more libraries. Where
# FOLDER/opencv is there already, it is used again.
set -euo pipefail
cd "$(dirname "$0")/.."

folder="${1:-build/dependencies}"
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
usr="$folder/usr"
libraries="$usr/lib/$(uname -m)-linux-gnu"

packages=(
  libgif-dev libgif7 libzip-dev libzip4 libbz2-1.0 libfmt-dev libfmt9 libcli11-dev libtoml11-dev nlohmann-json3-dev libgtest-dev
  libprotobuf-dev libprotobuf32 libprotoc32 protobuf-compiler libssl-dev libssl3 zlib1g-dev zlib1g
  libpng-dev libpng16-16 libjpeg62-turbo-dev libjpeg62-turbo patchelf
)

# apt-get with lists and a cache of its own, and with sources.
configure_apt() {
  local apt="$folder/apt"
  mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
  printf '%s http://deb.debian.org/debian bookworm main\n' deb deb-src >"$apt/sources.list"
  cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
END
  export APT_CONFIG="$apt/apt.conf"
  apt-get update --quiet=2
}

unpack() {
  mkdir -p "$folder/packages"
  (cd "$folder/packages" && apt-get download --quiet=2 "${packages[@]}")
  rm -rf "$usr" "${folder:?}/lib"
  for package in "$folder"/packages/*.deb; do dpkg --extract "$package" "$folder"; done
  # Debian 12 has a few libraries beside /usr, and headers of one processor in a folder of their own.
  cp --archive "$folder/lib/." "$usr/lib"
  cp --archive "$usr/include/$(uname -m)-linux-gnu/." "$usr/include"
  rm -rf "${folder:?}/lib" "$usr/include/$(uname -m)-linux-gnu"
}

build_opencv() {
  mkdir -p "$folder/source"
  (cd "$folder/source" && apt-get source --quiet=2 --download-only opencv && tar --extract --file opencv_*.orig.tar.xz)
  local off=()
  for part in 1394 ADE EIGEN FFMPEG GDAL GDCM GSTREAMER GTK IMGCODEC_HDR IPP ITT JASPER LAPACK OPENCL OPENEXR OPENGL OPENJPEG PROTOBUF \
    QUIRC TBB TIFF V4L VA VA_INTEL WEBP; do off+=("-DWITH_$part=OFF"); done
  for part in DOCS JAVA PERF_TESTS TESTS opencv_apps opencv_python2 opencv_python3; do off+=("-DBUILD_$part=OFF"); done
  cmake -S "$folder"/source/opencv-* -B "$folder/opencv-build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DBUILD_LIST=core,imgproc,imgcodecs,ml \
    -DCPU_BASELINE=SSE2 -DCPU_DISPATCH= "${off[@]}" "-DCMAKE_PREFIX_PATH=$usr" "-DCMAKE_INSTALL_PREFIX=$folder/opencv.partial" >/dev/null
  cmake --build "$folder/opencv-build" --target install >/dev/null
  mv "$folder/opencv.partial" "$folder/opencv"
}

# Protobuf is linked in, so that it cannot meet one that LibTorch brings; libraries find one another where they lie.
tidy() {
  cp --archive "$folder/opencv/include/." "$usr/include"
  cp --archive "$folder"/opencv/lib/libopencv_*.so* "$libraries"
  rm -rf "$usr/src" "$usr"/share/{doc,doc-base,man,lintian,aclocal} "$libraries"/{pkgconfig,engines-3,ossl-modules} "$libraries"/cmake/{libzip,libpng}
  rm -f "$libraries"/lib{protobuf,protobuf-lite}.so "$libraries"/lib{ssl,crypto,z,png,png16,jpeg}.a "$libraries"/libssl.*
  ln -sfn libz.so.1 "$libraries/libz.so"
  find "$libraries" -maxdepth 1 -type f -name '*.so*' -exec "$folder/patchelf" --set-rpath "\$ORIGIN" {} \; -exec strip --strip-unneeded {} \;
  "$folder/patchelf" --set-rpath "\$ORIGIN/../lib/$(uname -m)-linux-gnu" "$usr/bin/protoc"
}

configure_apt
unpack
mv "$usr/bin/patchelf" "$folder/patchelf"
[ -d "$folder/opencv" ] || build_opencv
tidy
echo "To carry: $usr ($(du --summarize --human-readable "$usr" | cut -f 1)). There: DEPENDENCIES=/where/it/lies/usr tools/gpu_check.sh"
