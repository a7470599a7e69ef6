#include "app/study/pair_studies.h"

namespace refract {
namespace {

// Holds z to a rate, with one variance for all examples and a weak reverse cycle. It was tried on MNIST alone
// (experiments/results/2026-11-30-mathieu-pairs.md).
KeyValues held(const std::string& nats) {
  return {{"shared_sigma", "true"}, {"capacity_z", nats}, {"kl_weight", "20"}, {"cycle_weight", "20"}};
}

// `paper` is the error that the paper reads from s, `nats` the rate of z in the last row.
Study on_pairs(const std::string& set, const std::string& data, std::vector<double> paper, const std::string& nats) {
  Study s;
  s.name = "mathieu-table1-" + set;
  s.source = "Mathieu et al. 2016, Table 1";
  s.data = data;
  s.metric = "leak";
  s.unit = "share of labels that are read wrongly, from 0 to 1: lower is better for s, higher for z";
  s.rows = {
      {"Mathieu et al.", "mathieupairs", {}, "s", 1, {}, std::move(paper)},
      {"without an adversary", "mathieupairs", {{"adversarial_weight", "0"}}, "s", 1, {}, {}, "no-adversary"},
      {"z held to a rate", "mathieupairs", held(nats), "s", 1, {}, {}, "held"},
  };
  for (const char* key : {"mathieupairs", "no-adversary", "held"})
    for (const char* way : {"z sampled", "z mean", "z mean and log-variance"})
      s.other_features.push_back(std::string(key) + "/" + way);
  return s;
}

const KeyValues pair_training = {{"learning_rate", "1e-3"}, {"decay", "0.5"}, {"threads", "1"}};

Budget hour(const std::string& meaning, int64_t steps, const KeyValues& more) {
  KeyValues options = pair_training;
  options.insert(options.end(), more.begin(), more.end());
  return {"hour", meaning, steps, std::move(options), {}};
}

Study mathieu_mnist() {
  Study s = on_pairs("mnist", "mnist", {}, "9");
  s.summary = "Digits read from both codes of pairs of MNIST's images";
  s.budgets = {hour("32x32 images, small networks, 4,000 steps", 4000,
                    {{"size", "32"},
                     {"batch", "64"},
                     {"widths", "16,32,64"},
                     {"latent_s", "16"},
                     {"latent_z", "16"},
                     {"fit_from", "training"},
                     {"score_images", "10000"}})};
  return s;
}

Study mathieu_yaleb() {
  Study s = on_pairs("yaleb", "yaleb", {.0008}, "12");
  s.summary = "People read from both codes of pairs of faces in different light";
  s.budgets = {hour("64x64 images, small networks, 4,000 steps", 4000,
                    {{"size", "64"}, {"batch", "32"}, {"widths", "16,16,32,64"}})};
  return s;
}

Study mathieu_sprites() {
  Study s = on_pairs("sprites", "lpc-sprites", {.052}, "12");
  s.summary = "Clothes, hair and bodies read from both codes of pairs of sprites, characters of the test unseen";
  s.budgets = {hour("32x32 images, small networks, 4,000 steps", 4000,
                    {{"size", "32"}, {"batch", "64"}, {"widths", "16,32,64"}})};
  return s;
}

Study mathieu_coil20() {
  Study s = on_pairs("coil20", "coil20", {}, "9");
  s.summary = "Objects read from both codes of pairs of their poses, poses of the test unseen (in place of NORB)";
  s.budgets = {hour("32x32 images, small networks, 4,000 steps", 4000,
                    {{"size", "32"}, {"batch", "32"}, {"widths", "16,32,64"}})};
  return s;
}

}  // namespace

std::vector<Study> mathieu_studies() {
  return {mathieu_sprites(), mathieu_yaleb(), mathieu_mnist(), mathieu_coil20()};
}

}  // namespace refract
