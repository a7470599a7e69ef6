#include "refract/data/sets/lpc_sprites.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <deque>
#include <filesystem>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/image_file.h"
#include "refract/data/files/image_store.h"
#include "refract/data/files/place.h"
#include "refract/data/files/resize.h"
#include "refract/data/indexed_source.h"
#include "refract/data/sets/lpc_sheets.h"

namespace refract {
namespace {

// Of each layer the number of its sheet.
using LpcCharacter = std::array<int64_t, kLpcLayers>;

LpcCharacter character_of(uint64_t number, const LpcSheets& sheets) {
  LpcCharacter character{};
  for (size_t l = kLpcLayers; l-- > 0;) {
    const size_t choices = sheets.layers.at(l).sheets.size();
    character.at(l) = static_cast<int64_t>(number % choices);
    number /= choices;
  }
  return character;
}

std::vector<LpcCharacter> drawn_characters(const LpcSheets& sheets, const LpcSpritesOptions& options) {
  uint64_t possible = 1;
  for (const LpcLayer& layer : sheets.layers) possible *= layer.sheets.size();
  const auto wanted = static_cast<uint64_t>(options.characters);
  if (wanted > possible)
    throw BadInput(
        fmt::format("Composing sprites: {} characters are wanted, but {} different ones can be made of the "
                    "sheets. Lower characters.",
                    wanted, possible));
  if (options.fit_characters + options.score_characters >= options.characters)
    throw BadInput(fmt::format(
        "Splitting lpc-sprites: {} and {} of {} characters are to fit and score the probes, which must leave "
        "one. Lower fit_characters or score_characters.",
        options.fit_characters, options.score_characters, options.characters));
  const uint64_t key = mix(static_cast<uint64_t>(options.data_seed), Stream::render);
  std::set<uint64_t> seen;
  std::vector<LpcCharacter> characters;
  for (uint64_t draw = 0; characters.size() < wanted; ++draw)
    if (const uint64_t number = mix(key, draw) % possible; seen.insert(number).second)
      characters.push_back(character_of(number, sheets));
  return characters;
}

// The frames of all characters, those of one after another's.
class LpcFrames {
 public:
  LpcFrames(LpcSheets sheets, std::vector<LpcCharacter> characters, int64_t size)
      : sheets_(std::move(sheets)),
        characters_(std::move(characters)),
        size_(size),
        keeps_(std::ssize(characters_) * kLpcFrames * 3 * size * size <= ImageStore::kLimit),
        kept_(characters_.size()),
        once_(characters_.size()) {}

  // 3 x size x size floats to `out`. Any number of threads may call.
  void copy(int64_t example, float* out) const {
    const auto character = static_cast<size_t>(example / kLpcFrames);
    const int64_t frame = example % kLpcFrames;
    if (!keeps_) return to_floats(composed(character, frame, 1), out);
    std::call_once(once_[character], [&] { kept_[character] = composed(character, 0, kLpcFrames); });
    const int64_t values = 3 * size_ * size_;
    to_floats(kept_[character].data_ptr<uint8_t>() + frame * values, values, out);
  }

 private:
  // [count, 3, size, size] uint8.
  [[nodiscard]] Tensor composed(size_t character, int64_t first, int64_t count) const {
    Tensor frames = at::empty({count, 3, kLpcSide, kLpcSide}, at::kByte);
    constexpr int64_t pixels = kLpcSide * kLpcSide;
    for (int64_t k = 0; k < count; ++k) {
      std::array<const uint8_t*, kLpcLayers> layers{};
      for (size_t l = 0; l < kLpcLayers; ++l) {
        const auto sheet = static_cast<size_t>(characters_[character].at(l));
        layers.at(l) = sheets_.layers.at(l).sheets[sheet].data_ptr<uint8_t>() + (first + k) * 4 * pixels;
      }
      compose_lpc(layers, frames.data_ptr<uint8_t>() + k * 3 * pixels);
    }
    return resized(frames, size_);
  }

  LpcSheets sheets_;
  std::vector<LpcCharacter> characters_;
  int64_t size_;
  bool keeps_;
  mutable std::vector<Tensor> kept_;         // of each character, once it was asked for
  mutable std::deque<std::once_flag> once_;  // does not move its elements, which cannot be moved
};

void describe_lpc(DataInfo& info, const LpcSheets& sheets, const std::vector<LpcCharacter>& characters) {
  info.factors = {"action", "direction", "frame"};
  info.factor_sizes = {kLpcActions, kLpcDirections, kLpcLongest};
  Attribute character = {"character", {}, true};
  for (const LpcCharacter& one : characters) {
    std::vector<std::string> parts;
    for (size_t l = 0; l < kLpcLayers; ++l) parts.push_back(sheets.layers.at(l).names[static_cast<size_t>(one.at(l))]);
    character.values.push_back(fmt::format("{}", fmt::join(parts, "-")));
  }
  info.attributes = {std::move(character)};
  for (const LpcLayer& layer : sheets.layers) info.attributes.push_back({layer.name, layer.names});
}

// [N, 6]: the character, then the sheet of each layer.
Tensor lpc_attributes(const std::vector<LpcCharacter>& characters) {
  Tensor attributes = at::empty({std::ssize(characters) * kLpcFrames, 1 + int64_t{kLpcLayers}}, at::kLong);
  auto* out = attributes.data_ptr<int64_t>();
  for (size_t c = 0; c < characters.size(); ++c)
    for (int64_t k = 0; k < kLpcFrames; ++k) {
      *out++ = static_cast<int64_t>(c);
      out = std::copy(characters[c].begin(), characters[c].end(), out);
    }
  return attributes;
}

// [N, 3], alike for all characters.
Tensor lpc_factors(int64_t characters) {
  Tensor factors = at::empty({kLpcFrames, 3});
  auto* out = factors.data_ptr<float>();
  const auto part = [](int64_t value, int64_t count) {
    return static_cast<float>(value) / static_cast<float>(count - 1);
  };
  for (int64_t k = 0; k < kLpcFrames; ++k) {
    const LpcFrame frame = lpc_frame(k);
    *out++ = part(frame.action, kLpcActions);
    *out++ = part(frame.direction, kLpcDirections);
    *out++ = part(frame.number, kLpcLongest);
  }
  return factors.repeat({characters, 1});
}

Splits lpc_splits(const LpcSpritesOptions& options) {
  const int64_t score_from = options.characters - options.score_characters,
                fit_from = score_from - options.fit_characters;
  Splits splits;
  for (int64_t example = 0; example < options.characters * kLpcFrames; ++example) {
    const int64_t character = example / kLpcFrames;
    splits[character >= score_from ? Split::score
           : character >= fit_from ? Split::fit
                                   : Split::unlabelled]
        .push_back(example);
  }
  return splits;
}

}  // namespace

Options LpcSpritesOptions::describe() {
  Options options;
  options.add("size", size, "height and width that frames of 60x60 are resized to").range(8, 512).in("pixels");
  options.add("data_seed", data_seed, "seed that draws the characters").range(0, 1e15);
  options.add("characters", characters, "number of different characters, each in 172 frames").range(1, 1e5);
  options.add("fit_characters", fit_characters, "number of them that fit the probes and do not train").range(0, 1e5);
  options.add("score_characters", score_characters, "number of others that score the probes and do not train")
      .range(0, 1e5);
  options.add("lpc_sprites_dir", lpc_sprites_dir,
              "folder of the folders body, bottomwear, topwear, hair and shoes with sprite sheets; left empty: the "
              "environment variable LPC_SPRITES_DIR, then data/lpc_sprites");
  return options;
}

std::unique_ptr<DataSource> make_lpc_sprites(const LpcSpritesOptions& options) {
  LpcSheets sheets = read_lpc_sheets(
      place_of(options.lpc_sprites_dir, "LPC_SPRITES_DIR", std::filesystem::path("data") / "lpc_sprites"));
  std::vector<LpcCharacter> characters = drawn_characters(sheets, options);
  IndexedExamples all;
  all.info.name = "lpc-sprites";
  all.info.space = Space::square(3, options.size);
  all.info.checksums = sheets.checksums;
  all.info.note = sheets.note;
  describe_lpc(all.info, sheets, characters);
  all.attributes = lpc_attributes(characters);
  all.factors = lpc_factors(options.characters);
  all.splits = lpc_splits(options);
  const auto frames = std::make_shared<const LpcFrames>(std::move(sheets), std::move(characters), options.size);
  all.copy = [frames](int64_t example, float* out) { frames->copy(example, out); };
  return indexed_source(std::move(all));
}

}  // namespace refract
