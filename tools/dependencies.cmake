# What the library is built on. The main build and, for projects that link an installed Refract, refract-config.cmake both
# read this.
if(NOT TARGET CUDA::nvToolsExt AND DEFINED ENV{CUDA_HOME})
  find_package(CUDAToolkit QUIET)
  if(TARGET CUDA::nvtx3 AND NOT TARGET CUDA::nvToolsExt)
    add_library(CUDA::nvToolsExt INTERFACE IMPORTED)
    target_link_libraries(CUDA::nvToolsExt INTERFACE CUDA::nvtx3)
  endif()
endif()

find_package(Torch REQUIRED)
find_package(OpenMP REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GIF REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_path(TOML11_INCLUDE toml.hpp REQUIRED)
# libzip's own package file asks for its command-line tools too.
find_path(ZIP_INCLUDE zip.h REQUIRED)
find_library(ZIP_LIBRARY zip REQUIRED)
# libwebp has one only in newer releases; Debian's OpenCV reads WebP through the same library.
find_path(WEBP_INCLUDE webp/mux.h REQUIRED)
find_library(WEBP_LIBRARY webp REQUIRED)
find_library(WEBPMUX_LIBRARY webpmux REQUIRED)
# OpenCV's own package file comes only with all of OpenCV, which would bring desktop libraries along.
find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgcodecs imgproc ml)
  find_library(OPENCV_${part} opencv_${part} REQUIRED)
  list(APPEND OPENCV_LIBRARIES ${OPENCV_${part}})
endforeach()
