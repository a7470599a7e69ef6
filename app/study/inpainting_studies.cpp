#include "app/study/inpainting_studies.h"

namespace refract {
namespace {

KeyValues on_faces(const KeyValues& more) {
  return joined({{"people", "1-39"}, {"unseen_people", "8"}, {"threads", "1"}}, more);
}

}  // namespace

// The paper shows pictures and gives no numbers; it does not say which faces it holds out. As many dimensions of z_s
// as of z_u, as the authors' code has them for faces, and as many of z as of both.
Study lrlivae_inpainting() {
  Study s;
  s.name = "lrlivae-inpainting";
  s.summary = "Hidden parts of the faces of unseen people, filled in";
  s.source = "after Zheng and Sun 2019, Sec. 4.5 and Fig. 7, on Extended Yale B";
  s.data = "yaleb";
  s.metric = "inpainting";
  s.unit =
      "L1: mean absolute error of a hidden pixel, pixels in [-1, 1], lower is better; MS-SSIM: of the whole picture, "
      "at most 1, higher is better";
  const std::string features = "optimised codes";
  s.rows = {{"Lr-LiVAE", "lrlivae", {{"latent_s", "64"}, {"latent_u", "64"}}, features, 1, {}, {}},
            {"cVAE-GAN", "cvaegan", {{"latent_z", "128"}}, features, 1, {}, {}}};
  for (const StudyRow& row : s.rows) s.other_features.push_back({row.key, "encoded codes", {}});
  s.budgets = {
      {"hour",
       "64x64 images, 8 of 38 people unseen, 8,000 steps: see --dry-run",
       8000,
       on_faces({{"size", "64"}, {"batch", "32"}, {"widths", "16,32,64,128"}, {"decay", "0.5"}}),
       {}},
      {"minute",
       "16x16 images, tiny networks, a few steps: to see that everything works",
       40,
       on_faces({{"size", "16"}, {"batch", "16"}, {"widths", "8,16"}}),
       {}},
  };
  return s;
}

}  // namespace refract
