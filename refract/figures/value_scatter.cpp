// Figure `value-scatter`: the columns of a table beside what the codes give back.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "refract/draw/plot.h"
#include "refract/figures/entries.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kScatterRows = 500;
constexpr int64_t kScatterSide = 200;
constexpr int64_t kScatterGap = 24;
constexpr int64_t kScattersAcross = 4;
constexpr size_t kBestAndWorst = 4;  // columns of each

// The share of each column's variance that is given back: [D].
std::vector<double> explained(const Tensor& truth, const Tensor& guess) {
  const Tensor variance = truth.var(0, false).clamp_min(1e-12);
  const Tensor share = (1 - (truth - guess).square().mean(0) / variance).contiguous();
  return {share.data_ptr<double>(), share.data_ptr<double>() + share.numel()};
}

// The columns that are given back best, then those given back worst.
std::vector<size_t> best_and_worst(const std::vector<double>& share) {
  std::vector<size_t> order(share.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return share[a] > share[b]; });
  if (order.size() <= 2 * kBestAndWorst) return order;
  order.erase(order.begin() + kBestAndWorst, order.end() - kBestAndWorst);
  return order;
}

void draw_scatter(Canvas& canvas, int64_t top, int64_t left, const std::string& title, const Tensor& truth,
                  const Tensor& guess) {
  const Interval across = interval_of(truth), up = interval_of(guess);
  const Interval both{std::min(across.low, up.low), std::max(across.high, up.high)};
  const Plot plot(top, left, kScatterSide, both, both);
  plot.frame(canvas, title, "table", "reconstructed");
  plot.line(canvas, both.low, both.low, both.high, both.high);
  for (int64_t n = 0; n < truth.size(0); ++n)
    plot.dot(canvas, truth[n].item<double>(), guess[n].item<double>(), class_colour(0));
}

std::string value_scatter_lacks(const Model& model, const DataSource& data) {
  if (const std::string missing = lacks_reconstruction(model); !missing.empty()) return missing;
  if (model.space().is_picture()) return "This figure shows the columns of a table, but the model makes pictures.";
  if (data.count(Split::unlabelled) == 0)
    return fmt::format("The data set {} has no unlabelled rows to show.", data.info().name);
  const std::string encoder = lacks_encoder(model);
  return encoder.empty() ? lacks_generator(model) : encoder;
}

Figure draw_value_scatter(const Model& model, const DataSource& data, uint64_t seed) {
  const bool held_out = data.count(Split::score) > 0;
  const Tensor rows = pick(data, held_out ? Split::score : Split::unlabelled, kScatterRows, seed, Turn::value_scatter);
  const Tensor truth = in_table_units(rows, data);
  const Tensor guess = in_table_units(reconstruct(model, rows), data);
  const std::vector<double> share = explained(truth, guess);
  const std::vector<size_t> columns = best_and_worst(share);
  const std::vector<std::string> names = column_names(data);
  const int64_t step = Plot::width(kScatterSide) + kScatterGap, row = Plot::height(kScatterSide) + kScatterGap;
  const int64_t down = (std::ssize(columns) + kScattersAcross - 1) / kScattersAcross;
  Canvas canvas(kScatterGap + down * row, kScatterGap + std::min<int64_t>(kScattersAcross, std::ssize(columns)) * step);
  for (int64_t i = 0; i < std::ssize(columns); ++i) {
    const size_t d = columns[static_cast<size_t>(i)];
    const std::string title = fmt::format("{:.2f} {}", share[d], names.at(d));
    draw_scatter(canvas, kScatterGap + i / kScattersAcross * row, kScatterGap + i % kScattersAcross * step, title,
                 truth.select(1, static_cast<int64_t>(d)), guess.select(1, static_cast<int64_t>(d)));
  }
  return {"value-scatter",
          "Columns and their reconstructions",
          fmt::format("Horizontal: the value of {} row. Vertical: its reconstruction. The number is the fraction of "
                      "the column's variance that the reconstruction explains. The columns with the best "
                      "reconstructions come first, then those with the worst.",
                      held_out ? "a held-out" : "a"),
          {canvas.frame()}};
}

}  // namespace

FigureEntry value_scatter_figure() {
  return {"value-scatter", "The columns of a table beside their reconstructions.", "this project", value_scatter_lacks,
          draw_value_scatter};
}

}  // namespace refract
