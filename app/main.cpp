#include <string>
#include <vector>

#include "app/machine.h"
#include "app/program.h"

int main(int argc, char** argv) {
  refract::set_up_machine(argv);
  return refract::run_program(argv[0], std::vector<std::string>(argv + 1, argv + argc));
}
