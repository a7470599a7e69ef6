#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/alignment.h"

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
  void add(const std::string& name, Landmarks marks) {
    const size_t found = marks.points.size();
    if (found < kFewest)
      refuse(marks.file, marks.line, fmt::format("expected at least {} points, found {}", kFewest, found));
    const size_t usual = all_.empty() ? found : all_.begin()->second.points.size();
    if (found != usual)
      refuse(marks.file, marks.line, fmt::format("expected {} points as elsewhere, found {}", usual, found));
    const auto [other, added] = all_.emplace(name, marks);
    if (!added)
      refuse(
          marks.file, marks.line,
          fmt::format("{} appears twice, first in {}, line {}", name, other->second.file.string(), other->second.line));
  }
  std::map<std::string, Landmarks> take() { return std::move(all_); }

 private:
  std::map<std::string, Landmarks> all_;
};

std::map<std::string, Landmarks> from_csv(const std::filesystem::path& file) {
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
    all.add(name, {std::move(shape), file, count});
  }
  std::map<std::string, Landmarks> landmarks = all.take();
  if (landmarks.empty()) refuse(file, count, "expected landmarks, found none in the whole file");
  return landmarks;
}

// The number behind "n_points:"; -1 for another line.
int64_t announced(const std::string& line) {
  double value = -1;
  const std::string key = "n_points:";
  return line.starts_with(key) && number(line.substr(key.size()), value) ? static_cast<int64_t>(value) : -1;
}

Landmarks from_pts(const std::filesystem::path& file) {
  std::istringstream lines(read_file(file));
  Landmarks marks{{}, file, 0};
  bool inside = false;
  int64_t count = 0, expected = -1;
  for (std::string line; std::getline(lines, line);) {
    ++count;
    line.erase(line.find_last_not_of(" \t\r") + 1);
    expected = std::max(expected, announced(line));
    if (line == "{" || line == "}") {
      inside = line == "{";
      continue;
    }
    if (!inside || line.empty()) continue;
    std::istringstream words(line);
    double x = 0, y = 0;
    if (!(words >> x >> y)) refuse(file, count, "expected x and y of a point");
    if (marks.points.empty()) marks.line = count;
    marks.points.emplace_back(x, y);
  }
  const auto found = static_cast<int64_t>(marks.points.size());
  if (found == 0) refuse(file, count, "expected points between { and }, found none");
  if (expected >= 0 && expected != found)
    refuse(file, count, fmt::format("expected {} points as n_points says, found {}", expected, found));
  return marks;
}

}  // namespace

std::map<std::string, Landmarks> read_landmarks(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return from_csv(path);
  std::set<std::filesystem::path> files;  // in order, so that the first fault is the same everywhere
  for (std::filesystem::directory_iterator at(path, error); !error && at != end(at); at.increment(error))
    if (at->path().extension() == ".pts") files.insert(at->path());
  if (error)
    throw BadInput(
        fmt::format("Reading landmarks from {}: the folder cannot be read ({}).", path.string(), error.message()));
  if (files.empty())
    throw BadInput(fmt::format("Reading landmarks from {}: the folder holds no .pts files.", path.string()));
  Collected all;
  for (const auto& file : files) all.add(file.stem().string(), from_pts(file));
  return all.take();
}

}  // namespace refract
