#include "app/commands/gallery.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <map>
#include <memory>
#include <utility>

#include "app/cli/terminal.h"
#include "refract/draw/canvas.h"
#include "refract/eval/features.h"
#include "refract/model/neighbours.h"

namespace refract {
namespace {

void check_codes(const Model& model, const Codes& codes) {
  for (size_t b = 0; b < codes.size(); ++b) expect_finite(model.blocks()[b].name, codes[b]);
}

// Candidate `c`, or -1 where it is not the same example as query `q`.
int64_t if_same(const Gallery& queries, int64_t q, const Gallery& candidates, int64_t c) {
  const auto example = [](const Gallery& gallery, int64_t row) {
    return gallery.examples(at::full({1}, row, at::kLong)).to(at::kFloat);
  };
  return at::allclose(example(queries, q), example(candidates, c)) ? c : -1;
}

Tensor own_places(const Gallery& queries, const Gallery& candidates, const OnProgress& on_progress) {
  std::map<std::string, int64_t> by_key;
  for (int64_t c = 0; c < candidates.count(); ++c) by_key.emplace(candidates.keys[static_cast<size_t>(c)], c);
  const Tensor nearest =
      neighbours_of(at::cat(queries.codes, 1), at::cat(candidates.codes, 1), 1, {}, on_progress).rows.squeeze(1);
  std::vector<int64_t> own;
  for (int64_t q = 0; q < queries.count(); ++q) {
    const auto named = by_key.find(queries.keys[static_cast<size_t>(q)]);
    int64_t place = named == by_key.end() ? -1 : if_same(queries, q, candidates, named->second);
    if (place < 0) place = if_same(queries, q, candidates, nearest[q].item<int64_t>());
    own.push_back(place);
  }
  return at::tensor(own, at::kLong);
}

// The classes of both by the same numbers.
KnownValues known_classes(const Gallery& queries, const Gallery& candidates) {
  std::map<std::string, int64_t> numbers;
  const auto numbered = [&](const std::vector<std::string>& classes) {
    std::vector<int64_t> all;
    all.reserve(classes.size());
    for (const std::string& name : classes) all.push_back(numbers.emplace(name, std::ssize(numbers)).first->second);
    return at::tensor(all, at::kLong);
  };
  return {"class", numbered(queries.classes), numbered(candidates.classes)};
}

std::vector<std::string> classes_of_gallery(const DataSource& data, const HeldOutExamples& chosen) {
  std::vector<std::string> names;
  if (data.info().classes.empty()) return names;
  const auto add = [&](Split split, const Indices& indices) {
    if (indices.empty()) return;
    const Tensor labels = data.labels(split, indices).to(at::kCPU).contiguous();
    for (int64_t i = 0; i < labels.numel(); ++i)
      names.push_back(data.info().classes.at(static_cast<size_t>(labels.data_ptr<int64_t>()[i])));
  };
  add(Split::fit, chosen.fit);
  add(Split::score, chosen.score);
  return names;
}

}  // namespace

Gallery own_gallery(const Model& model, const OwnImages& images) {
  const EncodedImages own = images.encoded(model, images.files(), true);
  check_codes(model, own.codes);
  Gallery gallery;
  for (const std::filesystem::path& file : own.files) {
    gallery.names.push_back(file.string());
    gallery.keys.push_back(std::filesystem::weakly_canonical(file).string());
  }
  gallery.classes = images.classes(own.files);
  gallery.codes = own.codes;
  gallery.what = fmt::format("{} own images", own.files.size());
  gallery.originals = [bytes = own.images](const Tensor& rows) { return as_floats(bytes.index_select(0, rows)); };
  gallery.examples = [bytes = own.images](const Tensor& rows) { return to_bytes(bytes.index_select(0, rows)); };
  return gallery;
}

Gallery own_gallery(const Model& model, const NamedRows& rows) {
  Gallery gallery;
  gallery.names = gallery.keys = rows.names;
  for (const Tensor& codes : encode_all(model, rows.examples)) gallery.codes.push_back(codes.to(at::kCPU));
  check_codes(model, gallery.codes);
  gallery.what = fmt::format("{} own rows", rows.names.size());
  gallery.originals = [values = rows.examples](const Tensor& some) { return values.index_select(0, some); };
  gallery.examples = gallery.originals;
  return gallery;
}

Gallery held_out_gallery(const OpenedRun& opened, const HeldOutExamples& chosen) {
  say(fmt::format("Encoding {} held-out examples.", chosen.count()));
  return held_out_gallery(opened, chosen, codes_of(*opened.method, *opened.data, chosen));
}

Gallery held_out_gallery(const OpenedRun& opened, const HeldOutExamples& chosen, Codes codes) {
  const DataSource& data = *opened.data;
  Gallery gallery;
  gallery.names = gallery.keys = names_of(chosen);
  gallery.classes = classes_of_gallery(data, chosen);
  gallery.codes = std::move(codes);
  gallery.what =
      fmt::format("{} examples of the {}", chosen.count(), chosen.fit.empty() ? "split score" : "splits fit and score");
  gallery.originals = [&data, chosen](const Tensor& rows) { return examples_of(data, chosen, rows); };
  gallery.examples = gallery.originals;
  if (data.info().space.is_picture())
    gallery.examples = [originals = gallery.originals](const Tensor& rows) { return to_bytes(originals(rows)); };
  return gallery;
}

Search search_among(const OpenedRun& opened, const Gallery& queries, const Gallery& candidates,
                    const OnProgress& on_progress) {
  Search search;
  search.queries = queries.codes;
  search.candidates = candidates.codes;
  search.own = own_places(queries, candidates, on_progress);
  search.protocol =
      fmt::format("Queries: {}. Candidates: {}, without the query itself.", queries.what, candidates.what);
  if (queries.classes.empty() || candidates.classes.empty()) return search;
  search.known.push_back(known_classes(queries, candidates));
  const std::unique_ptr<Method> untrained = opened.untrained();
  add_baselines(search, opened.method->space(), untrained.get(), {queries.count(), queries.originals},
                {candidates.count(), candidates.originals});
  return search;
}

}  // namespace refract
