#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "app/cli/program.h"
#include "app/study/job_queue.h"
#include "refract/train/machine_limits.h"
#include "refract/train/machine_set_up.h"

namespace {

// Whether the program only says something about itself. To start again would then take longer than that.
bool only_tells(const std::vector<std::string>& arguments) {
  return arguments.empty() || arguments.front() == "list" || arguments.front() == "docs" ||
         std::any_of(arguments.begin(), arguments.end(), [](const std::string& argument) {
           return argument == "-h" || argument == "--help" || argument == "--version";
         });
}

// Before the libraries begin (see machine_limits.h).
__attribute__((section(".preinit_array"), used)) void (*const expect_room)(int, char**,
                                                                           char**) = refract::expect_room_to_load;

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  refract::end_with_parent_if_asked();
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow (`ulimit -f`) fails as on a full disk
  return refract::run_program(argv[0], arguments, [&] {
    if (!only_tells(arguments)) refract::set_up_machine(argv);
  });
}
