// One run of a suite of steps.
#pragma once

#include "tester/steps/step.h"
#include "tester/steps/step_suite.h"

namespace ctestbed {

// Reads `suite` and runs it: setup, every case, the final steps; each case goes to `sink`. A failed
// setup is a failed case "setup" and makes the others errors; failed final steps of the suite are
// a failed case "finally". kInvalid when the suite has mistakes, or `problems` some; kCancelled on
// `context.stop`. The source of `context` is read here.
Status RunStepSuite(const Suite& suite, StepLanguage& language, Diagnostics problems,
                    StepContext context, const CaseSink& sink);

}  // namespace ctestbed
