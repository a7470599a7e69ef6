// Who owns which weights, and the one way they change.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "refract/core/tensor.h"

namespace torch::nn {
class Module;
}

namespace refract {

// Adam (Kingma and Ba 2015, Algorithm 1). The defaults are those of Ruiz et al. 2019, A.4.
struct Adam {
  double learning_rate = 1e-4;
  double beta1 = 0.5;
  double beta2 = 0.99;
  double epsilon = 1e-8;
};

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

// Named parameters under one optimiser. All of them lie in one flat tensor, as do their moments, so that an update is a
// handful of operations whatever the number of layers.
class Player {
 public:
  Player(std::string name, Adam adam);

  // Parameters join before the first descend, and with a module its buffers. Names are unique within the player.
  void own(const std::string& prefix, torch::nn::Module& module);
  void own(const std::string& name, const Tensor& parameter);

  // For a player all of whose parameters belong to another one, too: an optimiser of its own for a second loss. It has
  // moments, and no weights to be stored.
  void share(const std::string& prefix, torch::nn::Module& module);
  [[nodiscard]] bool shares() const { return shares_; }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const NamedTensors& parameters() const { return parameters_; }

  // What modules keep beside their parameters: running statistics, power iterations.
  [[nodiscard]] const NamedTensors& buffers() const { return buffers_; }

  // Moves weights, buffers and moments.
  void to(const at::Device& device);

  // Whether its modules behave as in training or as in use: batch normalisation, dropout.
  void train(bool on);

  // Weights "NAME/PARAMETER" and buffers "NAME/BUFFER", and for training also Adam's moments "NAME/PARAMETER:m", ":v"
  // and the counter "NAME/:t" (int64, one element). The tensors alias the player's own, so that copying into them
  // restores it.
  [[nodiscard]] NamedTensors weights();
  [[nodiscard]] NamedTensors moments();

  // One step of Adam; `gradients` in the order of parameters(). `rate` scales the learning rate. Returns whether all
  // gradients were finite (a 0-dim bool tensor, on the device); where they were not, nothing moves.
  Tensor apply(const std::vector<Tensor>& gradients, const Tensor& rate);

 private:
  void own_parameters(const std::string& prefix, const torch::nn::Module& module);
  void flatten();
  void view_flat();
  Tensor apply_fused(const std::vector<Tensor>& gradients, double rate);  // on the CPU
  Tensor apply_anywhere(const std::vector<Tensor>& gradients, const Tensor& rate);
  void subtract(const Tensor& all);

  std::string name_;
  Adam adam_;
  NamedTensors parameters_, buffers_;
  std::vector<torch::nn::Module*> modules_;
  bool shares_ = false;
  Tensor flat_;  // undefined where shared: the owner moves the parameters to a tensor of its own
  Tensor first_, second_, count_;
};

// A loss that a player minimises; the name is for messages.
struct Objective {
  Player& player;
  Tensor loss;
};

// Handed to Method::step. One descend with several objectives is a simultaneous update: all gradients are taken at the
// present weights, then all players move. Several calls make an alternating one. Each loss reaches its own player only.
class Update {
 public:
  // `rate` scales every learning rate; `progress` is the share of all steps that is done, in [0, 1), for weights that
  // change on the way. Both are 0-dim, so that a step on a device can be recorded and played with others. `phase` is
  // that of Method::phase; a recording is of one phase.
  Update(Tensor rate, Tensor progress, int64_t phase = 0)
      : rate_(std::move(rate)), progress_(std::move(progress)), phase_(phase) {}
  explicit Update(double rate = 1.0, double progress = 0.0, int64_t phase = 0);
  [[nodiscard]] const Tensor& progress() const { return progress_; }
  [[nodiscard]] int64_t phase() const { return phase_; }
  void descend(const std::vector<Objective>& objectives);

  // Whether every gradient of every descend so far was finite. Reads the device.
  [[nodiscard]] bool finite() const;

 private:
  Tensor rate_, progress_;
  int64_t phase_;
  std::vector<Tensor> finite_;
};

}  // namespace refract
