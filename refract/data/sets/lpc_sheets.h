// Sprite sheets in the layout of the Liberated Pixel Cup (https://lpc.opengameart.org), from which characters are laid
// together: cells of 64x64 pixels, 13 in a row, a row for each direction (away, left, towards, right) of each action:
//   spellcast 7 frames, thrust 8, walk 9, slash 6, shoot 13: 20 rows, 172 frames.
// Rows below these, such as that of falling down, are not looked at.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

constexpr int64_t kLpcFrames = 172;
constexpr int64_t kLpcActions = 5, kLpcDirections = 4, kLpcLongest = 13;

// Of a cell, rows 4 to 63 and columns 2 to 61 are taken. They hold all that the published sheets of bodies, clothes,
// hair and shoes show (rows 9 to 63, columns 7 to 57).
constexpr int64_t kLpcSide = 60;

// Frame 0 .. 171 by number: actions, directions and then frames in the order of the sheet.
struct LpcFrame {
  int64_t action, direction, number;  // the last from 0 in its row
};
LpcFrame lpc_frame(int64_t frame);

// From the back to the front.
constexpr size_t kLpcLayers = 5;
struct LpcLayer {
  std::string name;                // body, bottom, top, hair, shoes
  std::vector<std::string> names;  // of its sheets' files, without their endings
  std::vector<Tensor> sheets;      // [172, 4, 60, 60] uint8: red, green, blue and opacity
};

struct LpcSheets {
  std::array<LpcLayer, kLpcLayers> layers;
  std::map<std::string, std::string> checksums;  // "body/0.png" to SHA-256
  std::string note;                              // a sentence on sheets that were left out
};

// The image files in the folders body, bottomwear, topwear, hair and shoes, in order of their paths. A sheet of which
// nothing shows in one of the frames is left out (of the published ones bottomwear/5 and topwear/5, which are empty in
// two actions): its name would say what no one can see. Other folders, such as eyes, which are hidden in a third of the
// frames, are not looked at. Throws BadInput: a folder is missing, or has no sheet that shows in all frames; a file is
// no image, or of fewer pixels than 832x1344.
LpcSheets read_lpc_sheets(const std::filesystem::path& folder);

// A frame of each layer, [4, 60, 60], laid over each other on black: [3, 60, 60] to `out`, rounded after each layer.
void compose_lpc(const std::array<const uint8_t*, kLpcLayers>& layers, uint8_t* out);

}  // namespace refract
