// What the steps of a ctest run work on: the plan, by the names that CTest knows its parts by.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/program.h"
#include "model/estimates.h"
#include "model/plan.h"

namespace ctestbed {

// Options of every step; the generated tests hand them on.
struct CTestOptions {
  ProjectOptions project;
  std::string prefix;   // of all test names
  std::string results;  // directory that receives a directory per session
  std::string backend;
  std::string lanes = "1";  // or "auto"
};

struct PlannedBatch {
  int order = 0;     // in the plan, from 0
  std::string name;  // "split-auth,store=redis"; unique, and the same after most edits of the YAML
  Batch batch;
  int lane = 0;
};

// What is wrong with the files of one preset or suite name.
struct BrokenName {
  std::string name;  // "ctestbed" for what is wrong with no preset or suite
  std::vector<Diagnostic> problems;
};

struct CTestProject {
  LoadedProject loaded;
  std::string backend;                // that it is for
  std::vector<PlannedBatch> batches;  // of all that is valid
  Estimates estimates;                // that the plan was made by
  std::vector<BrokenName> broken;     // sorted by name

  const Suite* FindSuite(std::string_view name) const;
  const PlannedBatch* FindBatch(std::string_view name) const;
  // The batch that holds the run of that name.
  const PlannedBatch* FindBatchOf(std::string_view run) const;
  const BrokenName* FindBroken(std::string_view name) const;
};

// Broken presets and suites are left out of the plan and listed; an error means that there is no
// plan at all.
Result<CTestProject> LoadCTestProject(Program& program, const CTestOptions& options);

}  // namespace ctestbed
