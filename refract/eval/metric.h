// Metrics: numbers about a trained model, and the registry of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/progress.h"
#include "refract/data/source.h"
#include "refract/model/model.h"

namespace refract {

// A table as printed, stored as JSON and shown in the report: one row a feature set, one column a factor or class.
struct MetricTable {
  std::string metric;  // registry name
  std::string title;   // for people
  std::string unit;    // "mean absolute error, factors in [0, 1]; lower is better"
  std::vector<std::string> columns;
  struct Row {
    std::string name;  // "e", "z", "e and z", "predict the mean"
    std::vector<double> values;
    std::vector<double> spreads = {};  // standard errors, one a value, NaN where unknown; empty where there are none
  };
  std::vector<Row> rows;
  std::string protocol;    // sample sizes and source
  std::string note = {};   // what the numbers do not show, in sentences; "" for nothing
  std::string judge = {};  // checksum of the classifier that was given to judge generated examples; "" for none
};

struct Generation;
struct Representation;

// "" where the model has codes of given examples, else a sentence that says what it has.
std::string lacks_codes(const Model& model, const DataSource& data);

// An entry has one of `measure`, `score` and `compare`; evaluator.h calls the one that is there.
struct MetricEntry {
  std::string name;
  std::string summary;
  std::string source;
  // "" where the data can serve this metric, else a sentence that says what is missing.
  std::string (*lacks)(const DataSource&);
  // For metrics that ask the model itself. `untrained` is the same model as it was before training, whose row stands
  // beside; null where nobody has it. What takes minutes tells `on_progress` how far it is.
  MetricTable (*measure)(const Model&, const DataSource&, const Model* untrained,
                         const OnProgress& on_progress) = nullptr;
  // An error of the block `features` ("e") by the fitting split alone, its first three quarters fitted and the rest
  // scored: for choosing options without a look at the scoring split. Lower is better. Throws BadInput for too few
  // images or an unknown block. Null for a metric that nothing is chosen by.
  double (*error_within_fit)(const Model&, const DataSource&, const std::string& features) = nullptr;
  // For metrics of codes and factors alone (representation.h), wherever they come from: a row for each representation,
  // which all have the same factors. What is drawn is a function of the seed.
  MetricTable (*score)(const std::vector<Representation>&, uint64_t seed) = nullptr;
  // For metrics of generated examples beside real ones (generation.h).
  MetricTable (*compare)(const Generation&) = nullptr;
  // "" where the model can be measured on data that lack nothing, else a sentence that says what it lacks.
  std::string (*lacks_of_model)(const Model&, const DataSource&) = lacks_codes;
  bool on_request = false;  // not among those that a training ends with, as all that have `score`
};

// "" where the entry can measure this model on this data, else a sentence that says what is missing.
std::string lacks(const MetricEntry& entry, const Model& model, const DataSource& data);

const std::vector<MetricEntry>& metrics();
const MetricEntry& metric(std::string_view name);  // throws BadInput, naming the nearest

// In a list of metrics: all that the data and the model can serve, and those of them that a training ends with.
inline constexpr const char* all_metrics = "all";
inline constexpr const char* usual_metrics = "usual";

// Throws BadInput for a name that is neither a metric's nor one of these words, and, where data or model are given, for
// a metric that they cannot serve: to be known before a training.
void check_metrics(const std::vector<std::string>& names, const DataSource* data = nullptr,
                   const Model* model = nullptr);

// The entries of a list of names and these words, each once, in order. Throws as check_metrics does for names.
std::vector<const MetricEntry*> metrics_named(const std::vector<std::string>& names, const DataSource& data,
                                              const Model& model);

}  // namespace refract
