// The rows of the metric registry, one from each metric's own file.
#pragma once

#include "refract/eval/metric.h"

namespace refract {

MetricEntry probe_metric();
MetricEntry classify_metric();
MetricEntry factor_vae_metric();
MetricEntry beta_vae_metric();
MetricEntry mig_metric();
MetricEntry sap_metric();
MetricEntry dci_metric();
MetricEntry modularity_metric();
MetricEntry irs_metric();
MetricEntry kl_metric();
MetricEntry reconstruction_metric();
MetricEntry leak_metric();
MetricEntry retrieval_metric();
MetricEntry inception_score_metric();
MetricEntry fid_metric();
MetricEntry precision_recall_metric();
MetricEntry diversity_metric();
MetricEntry sample_classification_metric();
MetricEntry inpainting_metric();
MetricEntry energy_metric();
MetricEntry prior_gap_metric();

}  // namespace refract
