// One function for each command; the table that joins them is in commands.cpp.
#pragma once

#include "app/cli/command.h"

namespace refract {

Command train_command();
Command resume_command();
Command reproduce_command();
Command align_command();
Command figures_command();
Command evaluate_command();
Command encode_command();
Command metrics_command();
Command synthesize_command();
Command transfer_command();
Command swap_command();
Command sample_command();
Command interpolate_command();
Command inpaint_command();
Command retrieve_command();
Command info_command();
Command list_command();
Command options_command();
Command data_render_command();
Command version_command();
Command docs_command();

}  // namespace refract
