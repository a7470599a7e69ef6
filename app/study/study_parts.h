// A study with all of its parts, planned as one.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/study/study_plan.h"
#include "app/study/study_table.h"
#include "refract/core/progress.h"

namespace refract {

// What a user asks for.
struct StudyRequest {
  std::string budget = {};  // "": the first
  int64_t seeds = 1;
  std::vector<std::string> parts = {}, only = {};  // names of parts, keys of rows; empty: all
  std::filesystem::path folder = {};               // "": runs/STUDY-BUDGET
};

// A plan for each part, in a folder of its name, in the study's order; of a study without parts, one in the folder
// itself. Throws BadInput for a budget, a part or a row that does not exist, and for less than one seed.
std::vector<StudyPlan> plans_of(const Study& study, const StudyRequest& request);

// The folder of the whole study.
std::filesystem::path folder_of(const Study& study, const StudyRequest& request);

// Reads the data set of each plan and keeps what it is. Throws BadInput where one is not there; of a study with parts
// it says all that are missing, why, and how to go on without them.
void find_data(const Study& study, std::vector<StudyPlan>& plans, const OnProgress& on_progress = {});

// The tables of all plans, one below the other.
struct PartTable {
  std::string part;  // "" of a study without parts
  StudyTable table;
};
std::string to_text(const std::vector<PartTable>& tables);
std::string to_markdown(const std::vector<PartTable>& tables);
// That of a study without parts is the table itself.
Json to_json(const Study& study, const std::vector<PartTable>& tables);

}  // namespace refract
