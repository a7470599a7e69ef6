// Small files of every data set, and options that read them.
#pragma once

#include <string>

#include "refract/data/registry.h"
#include "tests/data/paired_sets.h"
#include "tests/data/sprites.h"
#include "tests/data/support.h"

namespace refract::testing_support {

// 60 rows of 5 columns: 40 of two groups, 20 controls.
inline std::string small_table() {
  std::string text = "id,condition,group,a,b,c,d,e\n";
  for (int i = 0; i < 60; ++i)
    text += fmt::format("r{},{},{},{},{},{},{},{}\n", i, i < 40 ? "treated" : "control", i % 2 == 0 ? "x" : "y", i,
                        i * i % 17, 0.5 * (i % 7), -i, i < 40 ? i % 5 : 2.5);
  return text;
}

// The files of one set, in a folder of its name; none for a set that reads no files, or has a stand-in.
inline void write_data_files(const std::string& name, const TempFolder& folder) {
  if (name == "folders")
    for (const char* set : {"folders/unlabelled/a", "folders/unlabelled/b", "folders/reference"})
      for (int i = 0; i < 12; ++i)
        write_picture(folder / fmt::format("{}/{}.png", set, i), 20 + i, 30, cv::Scalar(20 * i, 90, 200 - 10 * i));
  if (name == "fer2013") write_bytes(folder / "fer2013/fer2013.csv", fer2013_csv(126));
  if (name == "dsprites") write_bytes(folder / "dsprites/sprites.npz", npz(sprite_arrays()));
  if (name == "table") write_bytes(folder / "table/rows.csv", small_table());
  if (name == "mnist") mnist_files(folder / "mnist", 40, 20, 28);
  if (name == "fashion-mnist") mnist_files(folder / "fashion-mnist", 40, 20, 28);
  if (name == "cifar10") cifar10_files(folder / "cifar10", 6, 12);
  if (name == "celeba") celeba_files(folder / "celeba", 20);
  if (name == "lpc-sprites") lpc_files(folder / "lpc-sprites");
  if (name == "yaleb") yaleb_files(folder / "yaleb", {11, 13}, 12);
  if (name == "norb") norb_files(folder / "norb", 20);
  if (name == "coil20") coil20_files(folder / "coil20");
}

// Options that make a set small, and give it files where it reads some; a set passes over those that it does not have.
// `digit-style` is left with its stand-in.
inline DataRecipe small_recipe(const std::string& name, const TempFolder& folder) {
  DataRecipe recipe = data_set(name).recipe();
  const KeyValues small = {{"size", "16"},
                           {"reference_images", "12"},
                           {"unlabelled_images", "20"},
                           {"fit_images", "5"},
                           {"score_images", "4"},
                           {"fer2013_dir", (folder / "fer2013").string()},
                           {"dsprites_file", (folder / "dsprites/sprites.npz").string()},
                           {"points", "30"},
                           {"fit_points", "5"},
                           {"score_points", "4"},
                           {"fashion_mnist_dir", (folder / "fashion-mnist").string()},
                           {"cifar10_dir", (folder / "cifar10").string()},
                           {"celeba_dir", (folder / "celeba").string()},
                           {"lpc_sprites_dir", (folder / "lpc-sprites").string()},
                           {"characters", "8"},
                           {"fit_characters", "2"},
                           {"score_characters", "2"},
                           {"yaleb_dir", (folder / "yaleb").string()},
                           {"fit", "crop"},
                           {"norb_dir", (folder / "norb").string()},
                           {"coil20_dir", (folder / "coil20").string()},
                           {"scales", "2"},
                           {"orientations", "4"},
                           {"positions", "3"},
                           {"reference", (folder / "folders/reference").string()},
                           {"unlabelled", (folder / "folders/unlabelled").string()}};
  for (const auto& [key, value] : small)
    if (recipe.options.has(key)) recipe.options.set(key, value);
  if (name == "table")
    for (const auto& [key, value] : KeyValues{{"table", (folder / "table/rows.csv").string()},
                                              {"reference_where", "condition=control"},
                                              {"label", "group"},
                                              {"name", "id"}})
      recipe.options.set(key, value);
  if (name == "mnist") recipe.options.set("mnist_dir", (folder / "mnist").string());
  return recipe;
}

}  // namespace refract::testing_support
