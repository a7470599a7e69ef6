#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/eval/metric.h"
#include "refract/eval/metrics/entries.h"

namespace refract {
namespace {

// Those that data and model can serve; the metrics of codes and factors alone take minutes and are not usual either.
std::vector<const MetricEntry*> metrics_for(const DataSource& data, const Model& model, bool only_usual) {
  std::vector<const MetricEntry*> entries;
  for (const MetricEntry& entry : metrics())
    if (lacks(entry, model, data).empty() && !(only_usual && (entry.on_request || entry.score != nullptr)))
      entries.push_back(&entry);
  return entries;
}

}  // namespace

std::string lacks_codes(const Model& model, const DataSource& /*data*/) {
  return lacks_encoder(model);
}

std::string lacks(const MetricEntry& entry, const Model& model, const DataSource& data) {
  const std::string of_data = entry.lacks(data);
  return of_data.empty() ? entry.lacks_of_model(model, data) : of_data;
}

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
      leak_metric(),
      retrieval_metric(),
      inception_score_metric(),
      fid_metric(),
      precision_recall_metric(),
      diversity_metric(),
      sample_classification_metric(),
      inpainting_metric(),
      energy_metric(),
      prior_gap_metric(),
  };
  return entries;
}

const MetricEntry& metric(std::string_view name) {
  return named(metrics(), "metric", name, "`refract list metrics` shows all");
}

void check_metrics(const std::vector<std::string>& names, const DataSource* data, const Model* model) {
  for (const std::string& name : names) {
    if (name == usual_metrics || name == all_metrics) continue;
    const MetricEntry& entry = metric(name);
    std::string lacking = data == nullptr ? "" : entry.lacks(*data);
    if (data != nullptr && model != nullptr) lacking = lacks(entry, *model, *data);
    if (!lacking.empty()) throw BadInput(fmt::format("Metric {}: {} Leave it out of --metrics.", name, lacking));
  }
}

std::vector<const MetricEntry*> metrics_named(const std::vector<std::string>& names, const DataSource& data,
                                              const Model& model) {
  std::vector<const MetricEntry*> entries;
  const auto add = [&](const MetricEntry* entry) {
    if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
  };
  for (const std::string& name : names)
    if (name == usual_metrics || name == all_metrics)
      for (const MetricEntry* entry : metrics_for(data, model, name == usual_metrics)) add(entry);
    else
      add(&metric(name));
  return entries;
}

}  // namespace refract
