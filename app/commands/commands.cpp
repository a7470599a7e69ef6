#include "app/commands/commands.h"

namespace refract {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      train_command(),       resume_command(),   evaluate_command(),  encode_command(), metrics_command(),
      synthesize_command(),  transfer_command(), swap_command(),      sample_command(), interpolate_command(),
      inpaint_command(),     retrieve_command(), info_command(),      list_command(),   options_command(),
      data_render_command(), figures_command(),  reproduce_command(), align_command(),  version_command(),
      docs_command(),
  };
  return table;
}

}  // namespace refract
