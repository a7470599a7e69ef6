// MNIST and data sets in its layouts (Fashion-MNIST, KMNIST, EMNIST).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "refract/data/sets/digits.h"

namespace refract {

struct Mnist {
  Digits training;
  Digits test;
  std::vector<std::string> classes;              // names; empty where they are the numbers of the labels
  std::map<std::string, std::string> checksums;  // "PART-images-idx3-ubyte" to SHA-256 of the file, unpacked
  std::string note;                              // a sentence on a part that was drawn
};

// Whether the folder has all files of a set, in itself or where torchvision puts them (mnist_layout.h). False, too,
// where it has those of several.
bool holds_mnist(const std::filesystem::path& folder);

// The files that mnist_layout.h finds. `emnist` chooses among the sets of EMNIST: balanced, byclass, bymerge, digits,
// letters or mnist; "" takes MNIST's own files, or the only set that is there. EMNIST's images, which are published
// with rows and columns exchanged, are turned upright, its letters are numbered from 0 instead of from 1, and classes
// that are letters are named so. Where CSV files have no labelled test part (Kaggle's test.csv has no labels), a
// quarter of the training images, always the same, becomes one. Throws BadInput: a file missing (naming it and its
// folder), damaged (see idx.h), images and labels that differ in number, or several sets to choose from.
Mnist read_mnist(const std::filesystem::path& folder, const std::string& emnist = "");

// The meaning of an option that chooses such a set.
std::string emnist_meaning();

}  // namespace refract
