// The `matrix` of a suite: over which cells of its presets it runs.
#pragma once

#include "base/fields.h"
#include "config/overlay_parser.h"
#include "model/suite.h"

namespace ctestbed {

// The keys of a matrix, for the tables of who has one.
extern const Inside kMatrix;

Matrix ReadMatrix(const Fields& fields, Diagnostics& problems);

}  // namespace ctestbed
