#include "app/study/pair_studies.h"

namespace refract {
namespace {

constexpr const char* source_of_table1 = "Mathieu et al. 2016, Table 1";

// How much of the KL divergence beside it says nothing of an example.
StudyColumn mismatch_of_z(const std::vector<std::string>& ways) {
  StudyColumn column = {"mismatch (nats)", "kl", "sum", {}, "KL (nats)"};
  for (const std::string& way : ways) column.rows.emplace_back(way, "z (mismatch)");
  return column;
}

// The errors that the paper reads from s and from z on new examples. It does not say in which way z is read; it calls
// the mean with the variance the unspecified component, so its number stands there.
struct PaperErrors {
  std::vector<double> s, z;
};

// `chosen` has options of the last row beside its preset. They and the preset were chosen by what networks read of the
// examples that they were fitted to, one seed each (experiments/results/2026-11-30-mathieu-pairs.md); the paper's rows
// have the authors' weights.
Study on_pairs(const std::string& name, const std::string& data, const PaperErrors& paper, const KeyValues& chosen) {
  Study s;
  s.name = name;
  s.source = source_of_table1;
  s.data = data;
  s.metric = "leak";
  s.unit = "share of labels that are read wrongly, from 0 to 1: lower is better for s, higher for z";
  s.rows = {
      {"Mathieu et al.", "mathieupairs", {}, "s", 1, {}, paper.s},
      {"without an adversary", "mathieupairs", {{"adversarial_weight", "0"}}, "s", 1, {}, {}, "no-adversary"},
      {"preset low-leak", "mathieupairs", joined({{"preset", "low-leak"}}, chosen), "s", 1, {}, {}, "low-leak"},
  };
  const std::vector<std::string> ways = {"z sampled", "z mean", "z mean and log-variance"};
  s.beside = {mismatch_of_z(ways)};
  for (const StudyRow& row : s.rows)
    for (const std::string& way : ways) s.other_features.push_back({row.key, way, {}});
  s.other_features.at(2).paper = paper.z;
  return s;
}

Budget hour(const KeyValues& more) {
  return {"hour",
          "32x32 images (sprites: 48x48, Yale B: 64x64), small networks, 8,000 steps",
          8000,
          joined({{"learning_rate", "1e-3"}, {"decay", "0.5"}, {"threads", "1"}}, more),
          {}};
}

Study mathieu_sprites() {
  Study s = on_pairs("sprites", "lpc-sprites", {{.052}, {.598}},
                     {{"latent_z", "6"}, {"kl_weight", "2.5"}, {"reader_weight", "60"}, {"reader_steps", "4"}});
  s.summary = "Clothes, hair and bodies of sprites; characters of the test are not in the training data";
  s.budgets = {hour({{"size", "48"}, {"batch", "64"}, {"widths", "16,32,64"}})};
  return s;
}

Study mathieu_yaleb() {
  Study s = on_pairs("yaleb", "yaleb", {{.0008}, {.964}},
                     {{"latent_z", "8"}, {"kl_weight", "4"}, {"reader_weight", "20"}, {"reader_steps", "3"}});
  s.summary = "People in different light";
  s.budgets = {hour({{"size", "64"}, {"batch", "32"}, {"widths", "16,16,32,64"}})};
  return s;
}

Study mathieu_mnist() {
  Study s = on_pairs("mnist", "mnist", {}, {{"latent_z", "5"}});
  s.summary = "Digits";
  s.budgets = {hour({{"size", "32"},
                     {"batch", "64"},
                     {"widths", "16,32,64"},
                     {"latent_s", "16"},
                     {"latent_z", "16"},
                     {"fit_from", "training"},
                     {"score_images", "10000"}})};
  return s;
}

Study mathieu_coil20() {
  Study s = on_pairs("coil20", "coil20", {}, {{"latent_z", "3"}, {"reader_weight", "300"}});
  s.summary = "Objects; poses of the test are not in the training data (in place of NORB)";
  s.budgets = {hour({{"size", "32"}, {"batch", "32"}, {"widths", "16,32,64"}})};
  return s;
}

}  // namespace

Study mathieu_table1() {
  Study s;
  s.name = "mathieu-table1";
  s.summary = "How well a network reads labels from s and from z, learned from pairs of one class, on four data sets";
  s.source = source_of_table1;
  s.parts = {mathieu_sprites(), mathieu_yaleb(), mathieu_mnist(), mathieu_coil20()};
  return s;
}

}  // namespace refract
