// Small files in the formats of lpc-sprites, yaleb, norb and coil20.
#pragma once

#include <opencv2/imgproc.hpp>

#include "tests/data/image_files.h"
#include "tests/data/support.h"

namespace refract::testing_support {

inline void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  write_file(path, bytes);
}

// A sprite sheet with a box of one colour (red, green, blue, opacity) in each cell of the first 20 rows, `left` and
// `top` from the corner of the cell and moving with the frame. The cells of rows `empty_from` to 19 are empty.
struct SpriteBox {
  int left, top, size;
  cv::Scalar colour;
  int empty_from = 20;
};

inline std::string sprite_sheet(const SpriteBox& box) {
  cv::Mat sheet(21 * 64, 13 * 64, CV_8UC4, cv::Scalar::all(0));
  const cv::Scalar colour(box.colour[2], box.colour[1], box.colour[0], box.colour[3]);  // OpenCV's order
  for (int row = 0; row < box.empty_from; ++row)
    for (int column = 0; column < 13; ++column)
      cv::rectangle(sheet, {64 * column + box.left + column % 3, 64 * row + box.top + row % 4, box.size, box.size},
                    colour, cv::FILLED);
  return encoded(".png", sheet, {cv::IMWRITE_PNG_COMPRESSION, 1});
}

// Two sheets of each layer, which differ in colour.
inline void lpc_files(const std::filesystem::path& folder) {
  struct Layer {
    const char* folder;
    int left, top, size;
  };
  static const std::map<std::string, std::string> sheets = [] {
    std::map<std::string, std::string> all;
    double level = 40;
    for (const Layer& layer : {Layer{"body", 12, 14, 36}, Layer{"bottomwear", 20, 40, 14}, Layer{"topwear", 20, 26, 14},
                               Layer{"hair", 22, 10, 12}, Layer{"shoes", 22, 54, 6}})
      for (const double green : {30.0, 220.0}) {
        level += 20;
        all[fmt::format("{}/{}.png", layer.folder, green > 100 ? 1 : 0)] =
            sprite_sheet({layer.left, layer.top, layer.size, cv::Scalar(level, green, 255 - level, 255)});
      }
    return all;
  }();
  for (const auto& [name, bytes] : sheets) write_bytes(folder / name, bytes);
}

// A binary PGM of one gray level with a dot, which stands where `dot` says.
inline std::string pgm_file(int width, int height, int level, int dot) {
  std::string pixels(static_cast<size_t>(width * height), static_cast<char>(level));
  pixels[static_cast<size_t>(dot)] = '\0';
  return fmt::format("P5\n{} {}\n255\n{}", width, height, pixels);
}

inline std::string yaleb_file(int person, int azimuth, int elevation, int pose = 0) {
  return fmt::format("yaleB{0:02}/yaleB{0:02}_P{1:02}A{2:+04}E{3:+03}.pgm", person, pose, azimuth, elevation);
}

// Faces of 7x8 of the people, `lights` each, at azimuths 0, 5, 10 ... Picture k of a person has gray level 100 + k.
inline void yaleb_files(const std::filesystem::path& folder, const std::vector<int>& people, int lights) {
  for (const int person : people)
    for (int k = 0; k < lights; ++k)
      write_bytes(folder / yaleb_file(person, 5 * k, 10), pgm_file(7, 8, 100 + k, person));
}

// 36 pictures of 32x32: three objects in 12 poses. Pose k of an object has gray level 20 k.
inline void coil20_files(const std::filesystem::path& folder) {
  for (const int object : {1, 2, 12})
    for (int k = 0; k < 12; ++k)
      write_picture(folder / fmt::format("obj{}__{}.png", object, k), 32, 32, cv::Scalar(20 * k), CV_8UC1);
}

// `kind` is NORB's number for the type of the data; at least three lengths are stored.
inline std::string norb_matrix(uint32_t kind, const std::vector<uint32_t>& shape, const std::string& data) {
  std::string bytes = fmt::format("{}{}", number(kind, 4, false), number(shape.size(), 4, false));
  for (size_t d = 0; d < std::max<size_t>(shape.size(), 3); ++d)
    bytes += number(d < shape.size() ? shape[d] : 1, 4, false);
  return fmt::format("{}{}", bytes, data);
}

inline std::string norb_numbers(const std::vector<uint32_t>& shape, const std::vector<uint32_t>& numbers) {
  std::string data;
  for (const uint32_t value : numbers) data += number(value, 4, false);
  return norb_matrix(0x1E3D4C54, shape, data);
}

// The six files of small NORB with `count` records of 12x12 each. Record i has category i % 5, elevation i % 9, azimuth
// 2 (i % 18) and lighting i % 6; its toy is number 4 in training, number 1 in testing.
inline void norb_files(const std::filesystem::path& folder, uint32_t count) {
  const auto part = [&](const std::string& prefix, uint32_t toy) {
    std::vector<uint32_t> categories, info;
    for (uint32_t i = 0; i < count; ++i) {
      categories.push_back(i % 5);
      info.insert(info.end(), {toy, i % 9, 2 * (i % 18), i % 6});
    }
    write_bytes(folder / (prefix + "-dat.mat"),
                norb_matrix(0x1E3D4C55, {count, 2, 12, 12}, noise(toy, size_t{count} * 2 * 12 * 12)));
    write_bytes(folder / (prefix + "-cat.mat"), norb_numbers({count}, categories));
    write_bytes(folder / (prefix + "-info.mat"), norb_numbers({count, 4}, info));
  };
  part("smallnorb-5x46789x9x18x6x2x96x96-training", 4);
  part("smallnorb-5x01235x9x18x6x2x96x96-testing", 1);
}

}  // namespace refract::testing_support
