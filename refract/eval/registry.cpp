#include "refract/core/options.h"
#include "refract/core/text.h"
#include "refract/eval/metric.h"
#include "refract/eval/metrics/entries.h"

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
  return named(metrics(), "metric", name, "`refract list metrics` shows all");
}

}  // namespace refract
