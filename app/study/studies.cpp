#include <algorithm>

#include "app/study/inpainting_studies.h"
#include "app/study/livae_studies.h"
#include "app/study/livae_table_studies.h"
#include "app/study/pair_studies.h"
#include "app/study/parted_studies.h"
#include "app/study/study.h"
#include "refract/core/text.h"

namespace refract {
namespace {

// Options that were found for this task (experiments/README.md); the paper's are in comments there.
KeyValues networks(const std::string& size, const std::string& widths, const std::string& pyramid) {
  return {{"size", size},   {"widths", widths},        {"pyramid", pyramid}, {"generator_output", "leaky"},
          {"decay", "0.5"}, {"learning_rate", "1e-3"}, {"threads", "1"}};
}

Sweep sweep(std::vector<std::pair<std::string, double>> options) {
  return {std::move(options), {1, 4, 16, 50}};
}

// The rows of Table 1, in its order; `rb` and `srb` are the codes of the reference-based methods, `paper` has the
// numbers of each.
std::vector<StudyRow> table1_rows(const std::string& scale, const KeyValues& rb, const KeyValues& srb,
                                  std::vector<std::vector<double>> paper) {
  const KeyValues plain = {{"latent", "32"}, {"laplace_scale", scale}};
  const KeyValues adversarial = {{"adversarial_weight", "1"}, {"discriminator_rate", "0.5"}};
  const KeyValues paired = {{"latent_s", "32"}, {"latent_z", "32"}, {"laplace_scale", scale}};
  std::vector<StudyRow> rows = {
      {"VAE", "vae", plain, "z", 0.5, {}, {}},
      {"DIP-VAE-I", "dipvae1", plain, "z", 0.5, sweep({{"lambda_od", 1}, {"lambda_d", 10}}), {}},
      {"DIP-VAE-II", "dipvae2", plain, "z", 0.5, sweep({{"lambda_od", 1}, {"lambda_d", 1}}), {}},
      {"beta-VAE", "betavae", plain, "z", 0.5, sweep({{"beta", 1}}), {}},
      {"sVAE", "svae", joined(plain, adversarial), "z", 0.75, {}, {}},
      {"beta-TCVAE", "betatcvae", plain, "z", 0.5, sweep({{"beta", 1}}), {}},
      {"Mathieu et al.", "mathieu", paired, "s", 0.75, {}, {}},
      {"Rb-VAE", "rbvae", joined(rb, {{"laplace_scale", scale}}), "e", 0.75, {}, {}},
      {"sRb-VAE", "srbvae", joined(srb, adversarial), "e", 1, {}, {}},
  };
  for (size_t i = 0; i < rows.size(); ++i) rows[i].paper = std::move(paper.at(i));
  return rows;
}

// sRb-VAE's own scale: its adversarial terms do not grow with the size of the images.
std::vector<std::pair<std::string, KeyValues>> scaled(const std::string& scale, KeyValues more = {}) {
  more.emplace_back("laplace_scale", scale);
  return {{"srbvae", std::move(more)}};
}

// Columns red, green, blue, scale, width, average. `latent_z` is sRb-VAE's.
Study table1_digits_with(const std::string& latent_z) {
  Study s;
  s.name = "rbvae-table1-mnist";
  s.summary = "Linear regressors on codes of digit-style images, nine methods";
  s.source = "Ruiz et al. 2019, Table 1, MNIST";
  s.data = "digit-style";
  s.metric = "probe";
  s.unit = "mean absolute error, factors in [0, 1]; lower is better";
  s.rows = table1_rows("0.5", {{"latent_e", "32"}, {"latent_z", "32"}},
                       {{"latent_e", "8"}, {"latent_z", latent_z}, {"kl_weight_e", "0.5"}},
                       {{.099, .104, .101, .034, .085, .085},
                        {.055, .064, .063, .038, .100, .064},
                        {.077, .069, .076, .035, .098, .071},
                        {.093, .099, .094, .039, .089, .083},
                        {.094, .092, .084, .036, .104, .082},
                        {.098, .100, .099, .034, .084, .083},
                        {.116, .116, .114, .039, .104, .098},
                        {.065, .069, .062, .061, .095, .070},
                        {.057, .053, .055, .038, .095, .060}});
  s.other_features = {{"rbvae", "z", {}}, {"srbvae", "z", {}}};
  s.budgets = {
      {"hour", "32x32 images, narrow networks: about an hour on 2 cores", 4000, networks("32", "16,16,32", "3"),
       scaled("0.5", {{"kl_weight_z", "2.5"}})},
      {"workday", "64x64 images: some hours on 2 cores, see --dry-run", 10000, networks("64", "16,16,32,32", "4"),
       scaled("2", {{"kl_weight_z", "3.5"}})},
      {"paper", "64x64 images, wide networks, the paper's 50,000 steps: for a GPU", 50000,
       networks("64", "16,32,64,128", "4"), scaled("2", {{"kl_weight_z", "3.5"}})},
      {"minute", "tiny images and networks, a few steps: to see that everything works", 40, networks("16", "8,16", "2"),
       scaled("0.5", {{"discriminator_features", "16"}})},
  };
  return s;
}

Study table1_digits() {
  return table1_digits_with("8");
}

// The same with a gray frame around downscaled digits: what "zero-padding" is where images lie in [-1, 1]. All but
// Rb-VAE read the scale as easily then as in the paper, and as with black never (experiments/README.md).
Study table1_digits_framed() {
  Study s = table1_digits_with("6");
  s.name += "-zero-padding";
  s.summary = "Linear regressors on codes of digit-style images with zero padding, nine methods";
  for (Budget& budget : s.budgets) budget.options.emplace_back("padding", "zero");
  return s;
}

// FER2013 in place of AffectNet, which may not be redistributed: six expressions instead of seven, and the paper's
// average for orientation only.
Study table1_faces() {
  Study s;
  s.name = "rbvae-table1-faces";
  s.summary = "Linear classifiers of expressions on codes of FER2013's faces, nine methods";
  s.source = "after Ruiz et al. 2019, Table 1, AffectNet";
  s.data = "fer2013";
  s.metric = "classify";
  s.unit = "fraction of each class that is recognised, from 0 to 1; higher is better";
  const KeyValues codes = {{"latent_e", "32"}, {"latent_z", "8"}, {"kl_weight_e", "0.25"}};
  s.rows = table1_rows("0.2", codes, joined(codes, {{"laplace_scale", "0.2"}}),
                       {{.383}, {.388}, {.386}, {.384}, {.384}, {.390}, {.395}, {.392}, {.422}});
  s.pixels = true;
  s.other_features = {{"rbvae", "z", {}}, {"srbvae", "z", {}}};
  s.budgets = {
      {"hour", "48x48 images, narrow networks: about an hour on 2 cores", 4000, networks("48", "16,16,32", "0"), {}},
      {"workday", "64x64 images: some hours on 2 cores, see --dry-run", 10000, networks("64", "16,32,32,64", "0"), {}},
      {"paper", "64x64 images, wide networks, 50,000 steps: for a GPU", 50000, networks("64", "16,32,64,128", "0"), {}},
  };
  return s;
}

}  // namespace

KeyValues joined(KeyValues all, const KeyValues& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::vector<Study>& studies() {
  static const std::vector<Study> all = {
      table1_digits(),   table1_digits_framed(), table1_faces(), partedvae_table1(), partedvae_table2(),
      partedvae_mnist(), mathieu_table1(),       lrlivae_toy(),  lrlivae_tables(),   lrlivae_inpainting()};
  return all;
}

std::vector<const Study*> parts_of(const Study& study) {
  if (study.parts.empty()) return {&study};
  std::vector<const Study*> parts;
  for (const Study& part : study.parts) parts.push_back(&part);
  return parts;
}

const Study& study(std::string_view name) {
  for (const Study& study : studies())
    if (std::find(study.also.begin(), study.also.end(), name) != study.also.end()) return study;
  return named(studies(), "study", name, "`refract reproduce --help` shows all");
}

const Budget& budget_of(const Study& study, std::string_view name) {
  return named(study.budgets, "budget", name, "`refract reproduce --help` shows all");
}

}  // namespace refract
