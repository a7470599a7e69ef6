// The report of a run: one HTML file that needs nothing else, neither other files nor a network.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "refract/eval/metric.h"
#include "refract/report/chart.h"

namespace refract {

struct ReportOption {
  std::string name, value, default_value, unit, meaning;
};

struct ReportPicture {
  std::string title, caption;
  std::string type;      // "image/png", "image/gif" or "image/webp"
  std::string bytes;     // of the file
  bool reduced = false;  // a smaller copy of what lies beside the page
  int64_t width = 0;     // pixels, of the whole picture; 0: as the bytes say
};

// All texts are plain; the page escapes them. Parts that are empty are left out, or say how to get them.
struct Report {
  using Facts = std::vector<std::pair<std::string, std::string>>;

  std::string title;    // "srbvae on digit-style"
  std::string note;     // a sentence to be seen first, such as a fallback of the data set
  std::string command;  // exactly as it was given
  std::string date;     // of the report
  Facts summary;        // a few short facts: steps, time, seed
  int64_t evaluated_step = 0;
  std::vector<MetricTable> tables;
  std::vector<ReportPicture> pictures;
  std::vector<Curve> curves;  // over the training step
  std::vector<ReportOption> options;
  Facts facts;  // the manifest; a value may have several lines
};

// Bytes that a page has at most: it is to be mailed.
constexpr size_t kMostReportBytes = 5'000'000;

std::string to_html(const Report& report);

}  // namespace refract
