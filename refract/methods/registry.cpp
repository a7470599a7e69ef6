#include "refract/methods/registry.h"

#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/methods/rb_vae.h"
#include "refract/methods/srb_vae.h"
#include "refract/methods/vae.h"

namespace refract {

const std::vector<MethodEntry>& methods() {
  static const std::vector<MethodEntry> entries = {
      {"vae", "variational autoencoder, one code, no reference set", "Kingma and Welling 2014", vae_recipe},
      {"rbvae", "reference-based VAE: codes e (target factors) and z (common factors)", "Ruiz et al. 2019, Sec. 4.2",
       rb_vae_recipe},
      {"srbvae", "symmetric reference-based VAE: Rb-VAE's model, trained with two discriminators",
       "Ruiz et al. 2019, Sec. 4.3", srb_vae_recipe},
  };
  return entries;
}

const MethodEntry& method(std::string_view name) {
  std::vector<std::string> names;
  for (const MethodEntry& entry : methods()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw BadInput(fmt::format("There is no method '{}'. The nearest is '{}'; `refract list methods` shows all.", name,
                             nearest(name, names)));
}

}  // namespace refract
