#include "app/cli/code_table.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

namespace refract {
namespace {

std::optional<double> number_in(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

Tensor joined_codes(const CodeTable& table) {
  std::vector<Tensor> plain, all;
  for (const CodeBlock& block : table.blocks) {
    all.push_back(block.codes);
    if (!block.categorical) plain.push_back(block.codes);
  }
  return at::cat(plain.empty() ? all : plain, 1);
}

Tensor numbers_of(const std::vector<std::string>& texts) {
  std::vector<double> numbers;
  for (const std::string& text : texts)
    if (const auto number = number_in(text)) numbers.push_back(*number);
  if (numbers.size() == texts.size()) return at::tensor(numbers, at::kDouble);
  std::map<std::string_view, double> places;
  for (const std::string& text : texts) places[text] = 0;
  double place = 0;
  for (auto& entry : places) entry.second = place++;
  numbers.clear();
  for (const std::string& text : texts) numbers.push_back(places[text]);
  return at::tensor(numbers, at::kDouble);
}

bool is_number(const std::string& text) {
  return number_in(text).has_value();
}

bool are_probabilities(const Tensor& codes) {
  constexpr double rounding = 1e-4;
  return codes.size(0) > 0 && codes.size(1) > 1 && codes.ge(0).all().item<bool>() &&
         codes.sum(1, false, at::kDouble).sub(1).abs().le(rounding).all().item<bool>();
}

}  // namespace refract
