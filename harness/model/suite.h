// A suite as written, and its runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/duration.h"
#include "model/preset.h"

namespace ctestbed {

struct Case {
  std::string name;
  SourceMark mark;

  bool operator==(const Case&) const = default;
};

// Which values of an axis a suite runs over.
struct AxisChoice {
  enum class Kind {
    kAll,     // every value of the preset
    kAny,     // one, whichever makes the cheapest plan
    kListed,  // `values`
  };
  Kind kind = Kind::kAll;
  std::vector<Located<std::string>> values;

  bool operator==(const AxisChoice&) const = default;
};

// Selects cells: every named axis must have the given value; the key "preset" names the preset.
using CellPattern = std::map<std::string, Located<std::string>>;

// Cells that have one of the given values on every axis that is named; so does "preset".
using CellSet = std::map<std::string, std::vector<Located<std::string>>>;

// Cells that exist only where a condition holds.
struct OnlyIf {
  CellSet cells;
  CellSet condition;

  bool operator==(const OnlyIf&) const = default;
};

// How much of the product of the axes is run.
struct Coverage {
  // Of axes that matter more than the others.
  struct Stronger {
    std::vector<Located<std::string>> axes;
    int strength = 0;

    bool operator==(const Stronger&) const = default;
  };

  int strength = 0;  // every combination of values of so many axes is in some cell; 0: every cell
  std::vector<Stronger> stronger;

  bool operator==(const Coverage&) const = default;
};

// What is different in some cells.
struct MatrixOverride {
  CellPattern when;
  std::map<std::string, Located<std::string>> environment;  // of every node, over the suite's own

  bool operator==(const MatrixOverride&) const = default;
};

struct Matrix {
  std::map<std::string, AxisChoice> axes;  // an axis that is not named counts as kAll
  std::vector<CellPattern> include;        // cells added; axes not named take their default
  std::vector<CellSet> never;              // cells removed
  std::vector<OnlyIf> only_if;             // the same, by a condition
  std::vector<MatrixOverride> overrides;   // later ones win
  Coverage cover;

  bool operator==(const Matrix&) const = default;
};

enum class Isolation {
  kShared,     // may run in an environment that other runs used
  kReset,      // wants every node as if newly started
  kFresh,      // wants every node newly started
  kExclusive,  // may run where others did, but nothing runs beside it
};

struct Suite {
  Located<std::string> name;
  std::string file;
  std::string description;
  Located<std::string> tester;
  std::vector<Located<std::string>> presets;
  std::vector<Located<std::string>> services;  // every preset must host these
  bool superset = false;  // an environment with more nodes than those of the preset will do
  Matrix matrix;
  std::map<std::string, Located<std::string>> environment;  // of every node
  Isolation isolation = Isolation::kShared;
  std::vector<Located<std::string>> after;     // suites whose runs all end before its first
  std::vector<Located<std::string>> programs;  // without one of these it is skipped
  std::vector<Located<std::string>> dirties;   // nodes that nobody can use after it
  std::map<std::string, Located<std::string>> expected;  // case -> failed or skipped
  Duration timeout{300'000};                             // of one run
  Document body;  // the whole file's map: the tester reads its own keys from it

  bool operator==(const Suite&) const = default;
};

// One suite in one cell of one preset.
struct Run {
  std::string suite;
  std::string preset;
  Cell cell;

  bool operator==(const Run&) const = default;
};

// "accounts@split-auth,store=redis": unique in a plan, safe in file and test names.
std::string RunName(const Run& run);

}  // namespace ctestbed
