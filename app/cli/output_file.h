// Where a command writes what it made.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace refract {

// The arguments --out and --overwrite.
struct OutputFile {
  std::string path;  // "" where the user gave none
  bool overwrite = false;

  // `kinds`: the endings allowed, ".png" first.
  void declare(CLI::App& app, const std::vector<std::string>& kinds);

  // The same arguments where one of the kinds alone makes sense.
  [[nodiscard]] OutputFile only(const std::string& kind) const;

  // The file to write: `path`, or "STEM.png" in the working directory where none was given, with a number behind the
  // stem where that is taken. Throws BadInput: an ending not in `kinds`, a folder that is not there, a file that exists
  // without
  // --overwrite. Call it before the work begins.
  [[nodiscard]] std::filesystem::path resolve(const std::string& stem) const { return resolve(stem, 1).front(); }

  // The same for `count` files that belong together: of several, NAME-1.png, NAME-2.png and so on.
  [[nodiscard]] std::vector<std::filesystem::path> resolve(const std::string& stem, size_t count) const;

 private:
  std::vector<std::string> kinds_;
};

}  // namespace refract
