// Where the files of MNIST and its relatives lie, in each of the layouts in which they are passed round.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace refract {

// A CSV file holds images and labels; `labels` is empty then. Both are empty for a part that is not there.
struct MnistPart {
  std::string name;  // "train-images-idx3-ubyte" without what follows the part: "train", "emnist-letters-test"
  std::filesystem::path images, labels;
};

struct MnistFiles {
  std::string emnist;  // which set of EMNIST this is: "letters"; "" for another than EMNIST's
  bool csv = false;
  MnistPart training, test;
};

// The sets in a folder, complete or not:
//   IDX files {train,t10k}-images-idx3-ubyte and {train,t10k}-labels-idx1-ubyte, also with "test" for "t10k", with a
//   dot before idx, with .gz, and with "emnist-SET-" before them; CSV files that end in train.csv and test.csv, such as
//   train.csv, mnist_train.csv and emnist-letters-train.csv, whose first line begins with `label` or a number and goes
//   on with a square number of pixels.
// Of IDX and CSV files of one set, the IDX files.
std::vector<MnistFiles> mnist_files_in(const std::filesystem::path& folder);

// The first of the folder, raw, MNIST/raw and MNIST in it that has such files, as torchvision lays them out; without
// these the only one of the folders in it, their raw and their gzip that has some. The folder itself where none has.
// Throws BadInput where several have.
std::filesystem::path mnist_folder(const std::filesystem::path& folder);

}  // namespace refract
