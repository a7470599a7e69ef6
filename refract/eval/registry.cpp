#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/core/options.h"
#include "refract/eval/entries.h"
#include "refract/eval/metric.h"

namespace refract {

const std::vector<MetricEntry>& metrics() {
  static const std::vector<MetricEntry> entries = {
      probe_metric(),
      classify_metric(),
      factor_vae_metric(),
      beta_vae_metric(),
      mig_metric(),
      sap_metric(),
      dci_metric(),
      modularity_metric(),
      irs_metric(),
      kl_metric(),
      reconstruction_metric(),
  };
  return entries;
}

const MetricEntry& metric(std::string_view name) {
  std::vector<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw BadInput(fmt::format("There is no metric '{}'. The nearest is '{}'; `refract list metrics` shows all.", name,
                             nearest(name, names)));
}

}  // namespace refract
