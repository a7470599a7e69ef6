# What the library is built on. The main build and, for projects that link an installed Refract, refract-config.cmake both
# read this.

# LibTorch for CUDA names libraries of the CUDA toolkit, which its own shared libraries bring along. Where the toolkit has no
# such library (nvToolsExt went with CUDA 13; a small toolkit has the compiler and little else), an empty target stands for it.
function(stand_in_for_cuda)
  foreach(library ${ARGN})
    if(NOT TARGET CUDA::${library})
      add_library(CUDA::${library} INTERFACE IMPORTED GLOBAL)
    endif()
  endforeach()
endfunction()
find_package(CUDAToolkit QUIET)
if(CUDAToolkit_FOUND)
  stand_in_for_cuda(nvToolsExt)
endif()
find_package(Torch REQUIRED)
if(TARGET torch_cuda)
  stand_in_for_cuda(cublas cublasLt cuda_driver cufft cuFile curand cusolver cusparse nvrtc)
  list(FILTER TORCH_LIBRARIES EXCLUDE REGEX "-NOTFOUND$")
endif()

find_package(OpenMP REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(GIF REQUIRED)
find_package(JPEG REQUIRED)
find_package(PNG REQUIRED)
find_package(TIFF 4.5 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Protobuf REQUIRED)
find_package(Threads REQUIRED)
find_path(TOML11_INCLUDE toml.hpp REQUIRED)
# libzip's own package file asks for its command-line tools too.
find_path(ZIP_INCLUDE zip.h REQUIRED)
find_library(ZIP_LIBRARY zip REQUIRED)
# OpenCV's own package file comes only with all of OpenCV, which would bring desktop libraries along.
find_path(OPENCV_INCLUDE opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgcodecs imgproc ml)
  find_library(OPENCV_${part} opencv_${part} REQUIRED)
  list(APPEND OPENCV_LIBRARIES ${OPENCV_${part}})
endforeach()
# libwebp's package files are not everywhere either.
find_path(WEBP_INCLUDE webp/demux.h REQUIRED)
foreach(part webpdemux webpmux webp)
  find_library(WEBP_${part} ${part} REQUIRED)
  list(APPEND WEBP_LIBRARIES ${WEBP_${part}})
endforeach()
