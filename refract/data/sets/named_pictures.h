// Gray pictures whose files' names tell what they show, such as obj1__0.png, as image files or packed into an IDX file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "refract/data/files/image_store.h"
#include "refract/data/files/text_lines.h"

namespace refract {

struct NamedPictures {
  std::vector<std::string> names;                // of each picture, without its folder
  std::function<void(int64_t, float*)> copy;     // see IndexedExamples
  std::map<std::string, std::string> checksums;  // see DataInfo
  std::string note;
};

// What is wanted of a folder.
struct PicturesWanted {
  std::string set;  // in messages
  std::filesystem::path folder;
  IsWanted wanted;
  Space space;  // of one channel
};

// The image files in the folder and below whose names are wanted, as list_files finds them, in order of their names;
// nothing where there are none. Throws BadInput where a name comes twice, and as ImageStore does.
NamedPictures pictures_of_files(const PicturesWanted& wanted, const ImageStore::How& how);

// Of images.idx or images.idx.gz and labels.csv in the folder, those whose names are wanted, in the order of the file;
// nothing where the folder has no such image file. `name` makes a name of a row's cells in `columns`; it may refuse
// them. Throws BadInput: a file is missing or damaged, the heading lacks a column, there are not as many rows as
// images.
using RowName = std::function<std::string(const Cells& cells, const TextLines& lines)>;
NamedPictures pictures_of_idx(const PicturesWanted& wanted, const std::vector<std::string>& columns,
                              const RowName& name);

}  // namespace refract
