// Figures: pictures of what a trained model does, and the registry of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

struct Figure {
  std::string name;            // file stem
  std::string title;           // for people
  std::string caption;         // how to read it, one or two sentences
  std::vector<Tensor> frames;  // [3, H, W] uint8 each; more than one is an animation
};

struct FigureEntry {
  std::string name;
  std::string summary;
  std::string source;  // paper, figure
  // "" where model and data can serve this figure, else a sentence that says what is missing.
  std::string (*lacks)(const Model&, const DataSource&);
  Figure (*draw)(const Model&, const DataSource&, uint64_t seed);
  bool on_request = false;  // not among those that a training ends with
};

const std::vector<FigureEntry>& figures();
const FigureEntry& figure(std::string_view name);  // throws BadInput, naming the nearest

}  // namespace refract
