// CIFAR-10 as image files, in the layout in which it is passed round beside the binary one.
#pragma once

#include <filesystem>
#include <optional>

#include "refract/data/sets/cifar10.h"

namespace refract {

constexpr int64_t kCifar10Side = 32;

// Nothing where the folder has no sub-folder train; otherwise throws as read_cifar10 does.
std::optional<Cifar10> cifar10_of_folders(const std::filesystem::path& folder, const ImageStore::How& how);

}  // namespace refract
