// What the tests of training share: small runs, and a method that does as it is told.
#pragma once

#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>

#include <functional>
#include <memory>
#include <string>

#include "refract/train/run.h"
#include "refract/train/trainer.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract::testing_support {

// A method on few and small images of the embedded digits; options that it does not have are left out.
inline std::unique_ptr<Settings> tiny(const std::string& method, const KeyValues& changes = {}) {
  auto settings = std::make_unique<Settings>(method, "embedded-digits");
  const KeyValues small = {{"size", "16"},
                           {"unlabelled_images", "64"},
                           {"reference_images", "48"},
                           {"fit_images", "16"},
                           {"score_images", "16"},
                           {"widths", "4,6"},
                           {"latent", "4"},
                           {"latent_e", "3"},
                           {"latent_z", "4"},
                           {"batch", "8"},
                           {"discriminator_features", "8"},
                           {"threads", "1"},
                           {"log_every", "2"},
                           {"checkpoint_minutes", "0"},
                           {"steps", "6"}};
  for (const auto& [key, value] : small)
    if (settings->options.has(key)) settings->options.set(key, value);
  settings->set(changes);
  return settings;
}

// To the last step.
inline void train_all(OpenedRun& opened) {
  train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {});
}

// Long trainings look at numbers; the memory they use is that of the short ones. Sanitizers take minutes for each.
#ifdef __SANITIZE_ADDRESS__
#define REFRACT_SKIP_LONG_TRAINING() GTEST_SKIP() << "a long training, under a sanitizer"
#else
#define REFRACT_SKIP_LONG_TRAINING()
#endif

// Two players, "left" and "right", that each learn the mean of the images; `meddle` may change the terms and losses of
// a step (counted from 1) before the descend.
class Toy : public Method {
 public:
  struct Losses {
    Tensor left, right;
  };
  using Meddle = std::function<void(int64_t step, Losses& losses, Scalars& terms)>;

  explicit Toy(Meddle meddle = {}, int64_t size = 3) : meddle_(std::move(meddle)) {
    for (Player* player : {&left_, &right_}) player->own("w", at::zeros({size}).requires_grad_());
  }

  [[nodiscard]] const Space& space() const override { return space_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& images) const override { return {images.x.mean({2, 3})}; }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return codes.at(0).unsqueeze(2).unsqueeze(3).expand({-1, 3, 8, 8});
  }
  [[nodiscard]] Needs needs() const override { return {}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&left_, &right_}; }

  Scalars step(const Batch& batch, Update& update) override {
    const auto loss = [&](Player& player) {
      const Tensor& w = player.parameters().at(0).second;
      return (w - batch.main.x.mean() - 0.1 * at::randn_like(w)).square().sum();
    };
    Losses losses{loss(left_), loss(right_)};
    Scalars terms = {{"left", losses.left.detach().clone()}, {"right", losses.right.detach().clone()}};
    ++steps_;
    if (meddle_) meddle_(steps_, losses, terms);
    update.descend({{left_, losses.left}, {right_, losses.right}});
    return terms;
  }

  [[nodiscard]] const Tensor& weight(size_t player) { return players().at(player)->parameters().at(0).second; }

 private:
  Meddle meddle_;
  int64_t steps_ = 0;
  Space space_ = Space::square(3, 8);
  std::vector<Block> blocks_ = {{"code", 3, Role::whole}};
  Player left_{"left", Adam{.learning_rate = 0.01}};
  Player right_{"right", Adam{.learning_rate = 0.01}};
};

inline fakes::Source toy_data() {
  return {0, 0, {{Split::unlabelled, 40}}};
}

}  // namespace refract::testing_support
