// JUnit XML as GitLab, Jenkins, Azure and GitHub's actions read it: one <testsuite> per run and one
// for the environments; (classname, name) is unique over the file, since GitLab drops duplicates;
// no dots in classname, since Jenkins would split at them; every count is of what is written.
// Attempts before the last are <flakyFailure> or <rerunFailure>, as Maven Surefire writes them.
#pragma once

#include <string>
#include <vector>

#include "model/event.h"

namespace ctestbed {

std::string RenderJunit(const std::vector<Event>& events);

}  // namespace ctestbed
