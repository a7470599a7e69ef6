#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <sstream>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/alignment.h"

namespace refract {
namespace {

constexpr size_t kFewest = 3;

[[noreturn]] void refuse(const std::filesystem::path& file, int64_t line, const std::string& what) {
  throw BadInput(fmt::format("Reading landmarks from {}, line {}: {}.", file.string(), line, what));
}

bool number(std::string text, double& value) {
  text.erase(0, text.find_first_not_of(" \t"));
  text.erase(text.find_last_not_of(" \t\r") + 1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

// All have the same number of points, and enough of them.
class Collected {
 public:
  void add(const std::string& name, Shape shape, const std::filesystem::path& file, int64_t line) {
    if (shape.size() < kFewest)
      refuse(file, line, fmt::format("expected at least {} points, found {}", kFewest, shape.size()));
    if (!shapes_.empty() && shape.size() != shapes_.begin()->second.size())
      refuse(file, line,
             fmt::format("expected {} points as elsewhere, found {}", shapes_.begin()->second.size(), shape.size()));
    if (!shapes_.emplace(name, std::move(shape)).second) refuse(file, line, fmt::format("{} was there before", name));
  }
  std::map<std::string, Shape> take() { return std::move(shapes_); }

 private:
  std::map<std::string, Shape> shapes_;
};

std::map<std::string, Shape> from_csv(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  Collected all;
  int64_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (++count == 1 && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);  // what some spreadsheets begin with
    std::istringstream cells(line);
    std::string name, cell;
    std::getline(cells, name, ',');
    std::vector<double> values;
    bool numbers = true;
    for (double value = 0; numbers && std::getline(cells, cell, ',');)
      if (numbers = number(cell, value); numbers) values.push_back(value);
    if (!numbers && count == 1) continue;  // a heading
    if (line.empty() || line == "\r") continue;
    if (!numbers || values.size() % 2 != 0) refuse(file, count, "expected a name, then x and y of each point");
    Shape shape;
    for (size_t i = 0; i < values.size(); i += 2) shape.emplace_back(values[i], values[i + 1]);
    all.add(name, std::move(shape), file, count);
  }
  std::map<std::string, Shape> shapes = all.take();
  if (shapes.empty()) refuse(file, count, "expected landmarks, found none in the whole file");
  return shapes;
}

Shape from_pts(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  Shape shape;
  bool inside = false;
  int64_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    ++count;
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (line == "{" || line == "}") {
      inside = line == "{";
      continue;
    }
    if (!inside || line.empty()) continue;
    std::istringstream words(line);
    double x = 0, y = 0;
    if (!(words >> x >> y)) refuse(file, count, "expected x and y of a point");
    shape.emplace_back(x, y);
  }
  if (shape.empty()) refuse(file, count, "expected points between { and }, found none");
  return shape;
}

}  // namespace

std::map<std::string, Shape> read_landmarks(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return from_csv(path);
  Collected all;
  bool found = false;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() != ".pts") continue;
    found = true;
    all.add(entry.path().stem().string(), from_pts(entry.path()), entry.path(), 1);
  }
  if (!found) throw BadInput(fmt::format("Reading landmarks from {}: the folder holds no .pts files.", path.string()));
  return all.take();
}

}  // namespace refract
