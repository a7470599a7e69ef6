#include "app/study/livae_studies.h"

#include <fmt/format.h>

namespace refract {
namespace {

// Fig. 2 has 10, 20, ... 50 epochs. The learning rate is constant, so a training of 10 is the beginning of one of 50.
constexpr int kMostEpochs = 50;

StudyRow after_epochs(const std::string& name, const std::string& method, int epochs, const KeyValues& options) {
  return {fmt::format("{}, {} epochs", name, epochs), method, options, "generated",
          static_cast<double>(epochs) / kMostEpochs,  {},     {},      fmt::format("{}-{}", method, epochs)};
}

// `steps` of an epoch are points / batch.
Budget on_points(const std::string& name, const std::string& meaning, int64_t points) {
  constexpr int64_t batch = 100;
  return {name,
          meaning,
          kMostEpochs * points / batch,
          {{"points", std::to_string(points)},
           {"batch", std::to_string(batch)},
           {"dense_widths", "32,64,64"},
           {"learning_rate", "5e-4"},
           {"decay", "0"},
           {"classes", "3"},
           {"label_columns", "0"},
           {"threads", "1"}},
          {}};
}

}  // namespace

Study lrlivae_toy() {
  Study s;
  s.name = "lrlivae-toy";
  s.summary = "Generated points beside real ones on three arcs, after 10 to 50 epochs";
  s.source = "Zheng and Sun 2019, Sec. 4.1 and Fig. 2";
  s.data = "arcs";
  s.metric = "energy";
  s.unit =
      "along, across: standard deviation within a class, generated over real, 1 is right; energy distance: lower is "
      "better";
  for (int epochs = 10; epochs <= kMostEpochs; epochs += 10) {
    s.rows.push_back(after_epochs("Lr-LiVAE", "lrlivae", epochs, {{"latent_s", "2"}, {"latent_u", "2"}}));
    s.rows.push_back(after_epochs("cVAE-GAN", "cvaegan", epochs, {{"latent_z", "2"}}));
  }
  for (const char* method : {"lrlivae", "cvaegan"})
    for (const char* arc : {"inner", "middle", "outer"})
      s.other_features.push_back({fmt::format("{}-{}", method, kMostEpochs), fmt::format("generated {}", arc), {}});
  s.budgets = {on_points("hour", "60,000 points, 600 steps an epoch: see --dry-run", 60'000),
               on_points("minute", "1,000 points, 10 steps an epoch: to see that everything works", 1000)};
  return s;
}

}  // namespace refract
