#include "refract/methods/registry.h"

#include "refract/core/text.h"
#include "refract/methods/entries.h"

namespace refract {

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> entries = {
      {"vae", "variational autoencoder, one code, no reference set", "Kingma and Welling 2014", vae_recipe},
      {"betavae", "beta-VAE: a VAE with a larger weight on the KL divergence", "Higgins et al. 2017", beta_vae_recipe},
      {"betatcvae", "beta-TCVAE: a VAE with a larger weight on the total correlation", "Chen et al. 2018",
       beta_tcvae_recipe},
      {"factorvae", "FactorVAE: a VAE with a larger weight on the total correlation, estimated by a discriminator",
       "Kim and Mnih 2018", factor_vae_recipe},
      {"dipvae1", "DIP-VAE-I: a VAE with a penalty on correlated posterior means", "Kumar et al. 2018, Eq. 6",
       dip_vae_1_recipe},
      {"dipvae2", "DIP-VAE-II: a VAE with a penalty on correlated codes", "Kumar et al. 2018, Eq. 7", dip_vae_2_recipe},
      {"hfvae", "HFVAE: a VAE with weights on mutual information and on correlations between and within groups",
       "Esmaeili et al. 2019", hf_vae_recipe},
      {"guidedvae", "Guided-VAE, unsupervised: a VAE whose code also drives a deformable PCA", "Ding et al. 2020",
       guided_vae_recipe},
      {"guidedbetatcvae", "Guided-beta-TCVAE, unsupervised: Guided-VAE with a larger weight on the total correlation",
       "Ding et al. 2020; Chen et al. 2018", guided_beta_tcvae_recipe},
      {"svae", "symmetric VAE: one code, trained with a discriminator, no reference set",
       "Pu et al. 2018; Ruiz et al. 2019, Sec. 5.2", s_vae_recipe},
      {"mathieupairs",
       "codes s (target factors) and z, learned from pairs of the same class and an adversary that knows the labels; "
       "mathieu adapts it to reference sets",
       "Mathieu et al. 2016", mathieu_pairs_recipe},
      {"mathieu",
       "mathieupairs adapted to reference sets: codes s (target factors) and z, learned from pairs within the "
       "reference set and a conditional adversary",
       "Mathieu et al. 2016; Ruiz et al. 2019, Sec. 5.2", mathieu_recipe},
      {"rbvae", "reference-based VAE: codes e (target factors) and z (common factors)", "Ruiz et al. 2019, Sec. 4.2",
       rb_vae_recipe},
      {"srbvae", "symmetric reference-based VAE: Rb-VAE's model, trained with two discriminators",
       "Ruiz et al. 2019, Sec. 4.3", srb_vae_recipe},
      {"partedvae",
       "PartedVAE: classes c, class-related factors u, class-independent factors z; with or without labels",
       "Hajimiri et al. 2021", parted_vae_recipe},
      {"lrlivae",
       "Lr-LiVAE: label-relevant codes z_s under a learned Gaussian for each class, label-irrelevant codes z_u, with "
       "or without a discriminator",
       "Zheng and Sun 2019", lr_livae_recipe},
      {"cvae", "conditional VAE: encoder and generator are given the label", "Sohn et al. 2015; Zheng and Sun 2019",
       conditional_vae_recipe},
      {"cvaegan", "CVAE-GAN: a conditional VAE with a discriminator that knows the label",
       "Bao et al. 2017; Zheng and Sun 2019", conditional_vae_gan_recipe},
      {"cgan", "conditional GAN with a projection discriminator; it has no encoder",
       "Miyato and Koyama 2018; Zheng and Sun 2019", conditional_gan_recipe},
      {"classifier",
       "a residual network that predicts the labels; it has no generator, and metrics judge generated examples by it",
       "He et al. 2016, \"Identity Mappings in Deep Residual Networks\"", classifier_recipe},
  };
  return entries;
}

const MethodEntry& method(std::string_view name) {
  return named(methods(), "method", name, "`refract list methods` shows all");
}

}  // namespace refract
