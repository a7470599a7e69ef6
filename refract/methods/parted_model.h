// The model of PartedVAE (Hajimiri et al. 2021, Fig. 2): what is inferred from images, and the priors of u.
#pragma once

#include "refract/methods/method.h"
#include "refract/nn/networks.h"

namespace refract {

struct PartedShape {
  std::vector<int64_t> classes;  // of each discrete variable
  int64_t latent_u = 1;          // dimensions of u for each of them
  int64_t latent_z = 5;
};

class PartedEncoder : public torch::nn::Module {
 public:
  PartedEncoder(const Space& space, const Architecture& architecture, const PartedShape& shape);

  // h of Fig. 2, [N, features].
  [[nodiscard]] Tensor features(const Tensor& x) const;

  // log q(c_k | x) for each discrete variable, [N, L_k].
  [[nodiscard]] std::vector<Tensor> classes(const Tensor& features) const;

  // q(u_k | c_k, x): a linear map of the features under the attention map of the class, sigmoid(slope * A c).
  // `c` is [N, L_k], one-hot or nearly.
  [[nodiscard]] Gaussian related(size_t k, const Tensor& features, const Tensor& c, const Tensor& slope) const;

  [[nodiscard]] Gaussian independent(const Tensor& features) const;  // q(z | x)

  // What the labelled step moves: all that leads to q(c | x) (Eq. 7).
  [[nodiscard]] const std::shared_ptr<Trunk>& trunk() const { return trunk_; }
  [[nodiscard]] const std::vector<std::shared_ptr<Linear>>& class_heads() const { return class_heads_; }

 private:
  std::shared_ptr<Trunk> trunk_;
  std::vector<std::shared_ptr<Linear>> class_heads_, attention_, related_heads_;
  std::shared_ptr<Linear> independent_head_;
};

// p(c), given, and p(u_k | c_k = i) for each class i: learned diagonal Gaussians. Their standard deviations stay
// between 0.22 and 1.65, as in the authors' code; the paper does not say.
class ClassPriors : public torch::nn::Module {
 public:
  // `shares` are in proportion to p(c), the classes of all variables in a row; empty: equal. Throws BadInput where they
  // are not as many as the classes. Adam moves the priors `rate` times as far as its step size says.
  ClassPriors(const PartedShape& shape, std::vector<int64_t> shares, double rate = 1);

  [[nodiscard]] const Tensor& shares(size_t k) const;          // p(c_k), [L_k], constant, where the priors are
  [[nodiscard]] Gaussian of(size_t k) const;                   // [L_k, latent_u]
  [[nodiscard]] Gaussian of(size_t k, const Tensor& c) const;  // of one-hot rows [N, L_k]

 private:
  // In units of 1 / rate_: Adam's steps are of one length, whatever the gradient.
  std::vector<Tensor> means_, spreads_;
  double rate_;
  // No parameters, so that they move when first asked for: a step that is recorded on a device must not wait for
  // copies.
  mutable std::vector<Tensor> shares_;
};

// The overlap that Eq. 6 penalises: max(BC - tolerance, 0), summed over pairs i < j of classes. 0-dim.
Tensor overlap(const Gaussian& classes, double tolerance);

// E_q(c|x)[KL(q(u | c, x) || p(u | c))]: [N]. `posterior` stands for all classes (Fig. 2).
Tensor expected_kl(const Tensor& log_classes, const Gaussian& posterior, const Gaussian& priors);

}  // namespace refract
