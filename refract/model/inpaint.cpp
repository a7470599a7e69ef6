#include "refract/model/inpaint.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/model/code_search.h"

namespace refract {
namespace {

constexpr int64_t kPicturesAtOnce = 64;  // of 64x64 pixels: a step keeps what gradients need

void check_pictures(const Model& model, const Tensor& images, const Tensor& hidden) {
  const std::vector<int64_t>& sizes = model.space().sizes;
  if (images.dim() != 4 || images.size(0) == 0 || images.sizes().slice(1).vec() != sizes)
    throw BadInput(fmt::format("Inpainting pictures: this model expects [N, {}] with N >= 1, found [{}].",
                               fmt::join(sizes, ", "), fmt::join(images.sizes(), ", ")));
  if (hidden.sizes().vec() != std::vector<int64_t>{1, sizes[1], sizes[2]} || hidden.scalar_type() != at::kBool)
    throw BadInput(fmt::format("Inpainting pictures: expected a mask of truth values, [1, {}, {}], found [{}].",
                               sizes[1], sizes[2], fmt::join(hidden.sizes(), ", ")));
}

// The hidden part has the mean colour of the visible one.
Tensor with_mean_colour(const Tensor& images, const Tensor& hidden) {
  const Tensor visible = hidden.logical_not().to(images.scalar_type());
  const Tensor mean = at::where(hidden, at::zeros({1}, images.options()), images).sum({2, 3}, true) / visible.sum();
  return at::where(hidden, mean, images);
}

Codes finite_codes(const Model& model, const Tensor& images) {
  Codes codes = model.encode(images);
  for (const Tensor& code : codes)
    if (!at::isfinite(code).all().item<bool>())
      throw BadInput(
          "Inpainting pictures: expected finite codes, found NaN or infinity; a model whose training diverged gives "
          "such codes.");
  return codes;
}

Codes codes_by_encoding(const Model& model, const Tensor& images, const Tensor& hidden, int64_t rounds) {
  Tensor filled = with_mean_colour(images, hidden);
  Codes codes = finite_codes(model, filled);
  for (int64_t round = 1; round < rounds; ++round) {
    filled = at::where(hidden, model.decode(codes), images);
    codes = finite_codes(model, filled);
  }
  return codes;
}

// The search sets them to means of the prior.
Codes any_codes(const Model& model, int64_t count, const at::TensorOptions& options) {
  Codes codes;
  for (const Block& block : model.blocks()) codes.push_back(at::zeros({count, block.size}, options));
  return codes;
}

// Of each picture the better of two.
struct Best {
  Codes codes;
  Tensor objective;  // [N]

  void offer(const Codes& others, const Tensor& their_objective) {
    if (codes.empty()) {
      codes = others;
      objective = their_objective;
      return;
    }
    const Tensor better = their_objective < objective;
    for (size_t b = 0; b < codes.size(); ++b) codes[b] = at::where(better.unsqueeze(1), others[b], codes[b]);
    objective = at::where(better, their_objective, objective);
  }
};

using OnShare = std::function<void(double share)>;

Codes codes_by_search(const Model& model, const Tensor& images, const Tensor& hidden, const InpaintSettings& settings,
                      const OnShare& on_share) {
  const Tensor visible = hidden.logical_not().to(images.scalar_type());
  const CodeSearch search(model, images, visible, settings);
  const std::vector<Codes> starts =
      search.starts(model.encodes() ? codes_by_encoding(model, images, hidden, settings.rounds)
                                    : any_codes(model, images.size(0), images.options()));
  Best best;
  const auto tell = [&](size_t start, double part) {
    on_share((static_cast<double>(start) + part) / static_cast<double>(starts.size()));
  };
  for (size_t i = 0; i < starts.size(); ++i) {
    const Codes end = search.descended(
        starts[i], [&](int64_t step) { tell(i, static_cast<double>(step) / static_cast<double>(settings.steps)); });
    best.offer(end, search.objective(end));
    tell(i, 1);
  }
  return best.codes;
}

}  // namespace

std::string lacks_inpainting(const Model& model, Inpainting by) {
  if (!model.space().is_picture())
    return fmt::format("Inpainting fills in parts of pictures, and the model makes {}.", text_of(model.space()));
  if (const std::string missing = lacks_generator(model); !missing.empty()) return missing;
  return by == Inpainting::encoding ? lacks_encoder(model) : "";
}

int64_t decodings_to_fill(const Model& model, const InpaintSettings& settings) {
  constexpr int64_t of_round = 2, of_step = 3;  // an encoding and a decoding; a decoding and its gradient
  const int64_t rounds = model.encodes() ? of_round * settings.rounds : 0;
  if (settings.by == Inpainting::encoding) return rounds;
  int64_t starts = 1, tried = 0;
  for (const Block& block : model.blocks()) {
    if (!block.categorical) continue;
    tried += starts * block.size;
    starts = std::clamp<int64_t>(starts * block.size, 1, settings.starts);
  }
  return rounds + tried + starts * settings.steps * of_step;
}

Inpainting inpainting_named(std::string_view name) {
  if (name == "optimising") return Inpainting::optimising;
  if (name == "encoding") return Inpainting::encoding;
  refuse_name("way of inpainting", name, {"optimising", "encoding"});
}

Inpainted inpaint(const Model& model, const Tensor& images, const Tensor& hidden, const InpaintSettings& settings,
                  const OnProgress& on_progress) {
  if (const std::string missing = lacks_inpainting(model, settings.by); !missing.empty()) throw BadInput(missing);
  check_pictures(model, images, hidden);
  const at::NoGradGuard no_grad;
  const int64_t all = images.size(0);
  int64_t done = 0;
  std::vector<Tensor> decoded;
  std::vector<std::vector<Tensor>> codes(model.blocks().size());
  for (const Tensor& some : images.split(examples_at_once(model, kPicturesAtOnce))) {
    const auto tell = [&](double share) {
      const auto here = static_cast<int64_t>(share * static_cast<double>(some.size(0)));
      if (on_progress) on_progress({"Inpainting pictures", done + here, all});
    };
    tell(0);
    const Codes found = settings.by == Inpainting::encoding ? codes_by_encoding(model, some, hidden, settings.rounds)
                                                            : codes_by_search(model, some, hidden, settings, tell);
    tell(1);
    decoded.push_back(model.decode(found));
    for (size_t b = 0; b < found.size(); ++b) codes[b].push_back(found[b]);
    done += some.size(0);
  }
  Inpainted result;
  result.decoded = at::cat(decoded);
  result.filled = at::where(hidden, result.decoded, images);
  for (const std::vector<Tensor>& parts : codes) result.codes.push_back(at::cat(parts));
  return result;
}

Tensor hidden_error(const Tensor& images, const Tensor& filled, const Tensor& hidden) {
  const Tensor error = (filled - images).to(at::kDouble).abs() * hidden;
  return error.flatten(1).sum(1) / (hidden.sum() * images.size(1));
}

}  // namespace refract
