# find_package(refract) gives the target refract::refract.
include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/refract-targets.cmake)
target_include_directories(refract::refract SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
