// Method: all that the trainer knows of a way to train.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "refract/data/batch.h"
#include "refract/model/model.h"
#include "refract/optim/player.h"

namespace refract {

// Named terms of a step, each a 0-dim tensor without gradient. Reading them is left to the caller: a step does not wait
// for the device.
using Scalars = NamedTensors;

class Method : public Model {
 public:
  [[nodiscard]] virtual Needs needs() const = 0;

  // Every parameter of the method is owned by exactly one player; another may share it (Player::share).
  [[nodiscard]] virtual std::vector<Player*> players() = 0;

  // Whether its networks behave as in training, which step() expects, or as in use.
  void train(bool on) {
    for (Player* player : players()) player->train(on);
  }

  // Which phase a step belongs to, counted from 0, for a method that trains in several. `step` reads it as
  // update.phase(); only there may it take different operations. It names the same terms in all phases, 0 where a phase
  // has no such term.
  [[nodiscard]] virtual int64_t phase(int64_t /*step*/) const { return 0; }

  // One iteration on one batch. Weights change through `update` alone.
  virtual Scalars step(const Batch& batch, Update& update) = 0;
};

}  // namespace refract
