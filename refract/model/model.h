// Model: all that evaluation, figures and applications know of a trained thing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/source.h"
#include "refract/nn/distributions.h"

namespace refract {

// What a latent block is for. Tasks are written against roles, not against methods.
enum class Role {
  target,             // Rb-VAE's e, Mathieu's s
  common,             // their z
  whole,              // the one code of a plain VAE
  category,           // PartedVAE's c
  class_related,      // its u
  class_independent,  // its z
};
std::string_view name_of(Role role);

struct Block {
  std::string name;  // the paper's symbol
  int64_t size = 0;  // dimensions
  Role role = Role::whole;
  bool categorical = false;  // the code is a probability for each of `size` classes
  bool prior = true;         // whether the model has one for it; else its codes come from images alone
};

// One tensor a block, in the order of blocks(): [N, block.size] each.
using Codes = std::vector<Tensor>;

class Model {
 public:
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  [[nodiscard]] virtual ImageShape shape() const = 0;

  [[nodiscard]] virtual const std::vector<Block>& blocks() const = 0;

  // Posterior means of images [N, C, H, W] in [-1, 1].
  [[nodiscard]] virtual Codes encode(const Tensor& images) const = 0;

  // One draw from each posterior, from torch's generator; empty for a model whose codes are not random.
  [[nodiscard]] virtual Codes draw(const Tensor& /*images*/) const { return {}; }

  // KL of the posteriors of images from the prior, dimension by dimension, in nats: [N, block.size] a block; of a
  // class-related block, from the prior of its likeliest class. Undefined for a block whose code is no Gaussian; empty
  // where the model does not tell.
  [[nodiscard]] virtual Codes kl(const Tensor& /*images*/) const { return {}; }

  // p(block | class), [classes, block.size], for the n-th class-related block and the classes of the n-th category;
  // undefined for any other block.
  [[nodiscard]] virtual Gaussian class_prior(size_t /*block*/) const { return {}; }

  // `count` draws from the prior, from torch's generator, on the CPU. Standard normal in every block unless a model
  // says otherwise; undefined for a block without a prior.
  [[nodiscard]] virtual Codes draw_prior(int64_t count) const;

  // The generator's mean image, [N, C, H, W], clamped to [-1, 1].
  [[nodiscard]] virtual Tensor decode(const Codes& codes) const = 0;

  // The code that stands for the reference set in the target block (Rb-VAE's learned e^r), [size]; undefined where none
  // is.
  [[nodiscard]] virtual Tensor reference_code() const { return {}; }
};

// "e (target), z (common)": for sentences that say what a model has.
std::string listed_blocks(const Model& model);

// The first block of a role, or of a name, as a position in blocks(). Throws BadInput naming what there is.
size_t block_of(const Model& model, Role role);
bool has_block(const Model& model, Role role);
size_t block_named(const Model& model, std::string_view name);

// "" where every block has a prior, else a sentence that names one that has none.
std::string lacks_prior(const Model& model);

// encode and decode in slices of at most `slice` images, of fewer where they are larger than 64x64, without gradients:
// memory stays bounded for any N and any size.
Codes encode_all(const Model& model, const Tensor& images, int64_t slice = 250);
Tensor decode_all(const Model& model, const Codes& codes, int64_t slice = 250);

}  // namespace refract
