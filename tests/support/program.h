// The program as a user meets it: words in, text and exit code out.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/surroundings.h"

namespace refract::testing_support {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

// What main does with these words, without the cost of starting a process.
Ran refract(const std::vector<std::string>& words);

// The built program as a process of its own; `environment` is added to that of the tests, "" takes a variable away.
class Process {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;
  // `prepare` is called in the new process first, to lower its limits.
  explicit Process(std::vector<std::string> words, const Environment& environment = {},
                   const std::function<void()>& prepare = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();  // kills it if it still runs

  void send(int signal) const;
  [[nodiscard]] std::string error_so_far() const;

  // Waits until standard error holds `text`. False where the process ends or a minute passes first.
  [[nodiscard]] bool says(const std::string& text);

  // Waits for the end. The status of a process that a signal ended is 128 + its number.
  Ran wait();

 private:
  bool ended();

  testing_support::TempFolder folder_;
  pid_t id_ = 0;
  bool running_ = true;
  int status_ = 0;
};

// Gives names in it as words.
class Folder : public testing_support::TempFolder {
 public:
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path() / name).string(); }
};

// Words that train a tiny model on embedded digits of 16 pixels in a second, without --out.
std::vector<std::string> tiny_training(const std::string& method);

// A run made by tiny_training("srbvae"), with its evaluation and report; the same one for all tests of this process.
const std::filesystem::path& tiny_run();

}  // namespace refract::testing_support
