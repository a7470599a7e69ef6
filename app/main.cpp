#include <string>
#include <vector>

#include "app/job_queue.h"
#include "app/machine.h"
#include "app/program.h"

int main(int argc, char** argv) {
  refract::end_with_parent_if_asked();
  refract::set_up_machine(argv);
  return refract::run_program(argv[0], std::vector<std::string>(argv + 1, argv + argc));
}
