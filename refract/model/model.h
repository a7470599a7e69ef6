// Model: all that evaluation, figures and applications know of a trained model.
#pragma once

#include <ATen/core/Generator.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/batch.h"
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
  bool categorical = false;          // the code is a probability for each of `size` classes
  bool prior = true;                 // whether the model has one for it; else its codes come from examples alone
  std::optional<size_t> given = {};  // the category, a position in blocks(), whose class decides on the prior
  // Of a category that learns from labels: the attribute, a position in attributes_of(info), whose values its classes
  // are, in their order.
  std::optional<size_t> attribute = {};
};

// One tensor a block, in the order of blocks(): [N, block.size] each.
using Codes = std::vector<Tensor>;

class Model {
 public:
  Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model() = default;

  // What an example is.
  [[nodiscard]] virtual const Space& space() const = 0;

  [[nodiscard]] virtual const std::vector<Block>& blocks() const = 0;

  // Whether it has an encoder: encode(), and draw(), kl() and log_variances() where it tells them. A GAN has none.
  [[nodiscard]] virtual bool encodes() const { return true; }

  // Whether it has a generator: decode(). A classifier has none.
  [[nodiscard]] virtual bool generates() const { return true; }

  // Posterior means of examples [N, sizes...] in the units of the space.
  [[nodiscard]] virtual Codes encode(const Examples& examples) const = 0;

  // One draw from each posterior; empty for a model whose codes are not random.
  [[nodiscard]] virtual Codes draw(const Examples& /*examples*/, const at::Generator& /*generator*/) const {
    return {};
  }

  // KL of the posteriors of examples from the prior, dimension by dimension, in nats: [N, block.size] a block; of a
  // block with a given class, from the prior of the likeliest one. Undefined for a block whose code is no Gaussian;
  // empty where the model does not tell.
  [[nodiscard]] virtual Codes kl(const Examples& /*examples*/) const { return {}; }

  // Log-variances of the posteriors whose means encode() gives, dimension by dimension: [N, block.size] a block.
  // Undefined for a block whose code is no Gaussian; empty where the model does not tell. Where kl() tells, this does.
  [[nodiscard]] virtual Codes log_variances(const Examples& /*examples*/) const { return {}; }

  // p(block), [1, block.size], or p(block | class), [classes, block.size], where a class is given. Standard normal
  // unless a model says otherwise; undefined for categories and for blocks without a prior.
  [[nodiscard]] virtual Gaussian prior(size_t block) const;

  // p(class) of a category, [block.size] on the CPU. All alike unless a model says otherwise.
  [[nodiscard]] virtual Tensor class_shares(size_t block) const;

  // The mean example that the generator gives, [N, sizes...], in the units of the space; pixels are clamped to [-1, 1].
  // Where gradients are on, it can be differentiated in the codes. Methods let gradients pass through the clamp, so
  // that a search for codes leaves pixels beyond black and white again.
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

// `count` draws from the prior of every block, [count, block.size] on the CPU, classes before what they decide on;
// undefined for a block without a prior. Codes of `known` that are defined, [count, block.size] on the CPU, take the
// place of draws: with those of a category, one-hot, the blocks that it decides on are drawn for its classes.
Codes draw_prior(const Model& model, int64_t count, const at::Generator& generator, const Codes& known = {});

// "" where it has an encoder, or a generator, else a sentence that says what the model has.
std::string lacks_encoder(const Model& model);
std::string lacks_generator(const Model& model);
std::string lacks_reconstruction(const Model& model);  // for what needs both

// "" where every block has a prior, or this one, else a sentence that names one that has none.
std::string lacks_prior(const Model& model);
std::string lacks_prior(const Model& model, size_t block);

// As many as have the pixels of `most` images of 64x64: what a network holds of a slice grows with its pixels.
int64_t examples_at_once(const Model& model, int64_t most);

// encode and decode in slices of at most `slice` examples, of fewer where they are larger than 64x64 pixels, without
// gradients: memory stays bounded for any N and any size. Throw BadInput, as lacks_encoder and lacks_generator say it,
// where the model cannot.
Codes encode_all(const Model& model, const Tensor& examples, int64_t slice = 250);
Tensor decode_all(const Model& model, const Codes& codes, int64_t slice = 250);

}  // namespace refract
