// The rows of the metric registry, one from each metric's own file.
#pragma once

#include "refract/eval/metric.h"

namespace refract {

MetricEntry probe_metric();
MetricEntry classify_metric();

}  // namespace refract
