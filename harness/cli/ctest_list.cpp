#include "cli/ctest_list.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "base/text.h"
#include "cli/ctest_arguments.h"
#include "cli/ctest_session.h"

namespace ctestbed {
namespace {

// The first line of a listing names the failures that CTest knew of when it was made.
std::string FirstLineFor(std::string_view failures) {
  return fmt::format("# before it: {}\n", Sha256(failures));
}

class ListingFiles {
 public:
  ListingFiles(FileSystem& files, const ListOptions& options)
      : files_(files),
        stem_(options.output.substr(0, options.output.rfind('.'))),
        first_line_(FirstLineFor(
            files.Read(options.listing.tree.build + "/Testing/Temporary/LastTestsFailed.log")
                .value_or(""))),
        last_(files.Read(Last()).value_or("")) {}

  std::string Last() const { return stem_ + ".cmake"; }

  // The listing whose numbers stand in LastTestsFailed.log; empty when there is none.
  std::string OfFailures() const {
    if (!KnewFailures()) return last_;
    return files_.Read(stem_ + ".failed.cmake").value_or(last_);
  }

  Result<std::string> WritePreview(const std::string& listing) {
    TRY_DO(files_.Write(stem_ + ".preview.cmake", listing));
    return stem_ + ".preview.cmake";
  }

  // Makes `listing` that of the last run.
  Result<std::string> WriteLast(const std::string& listing) {
    const std::string text = first_line_ + listing;
    if (text == last_) return Last();
    if (!last_.empty() && !KnewFailures()) {
      TRY_DO(files_.Write(stem_ + ".failed.cmake", last_));
    }
    TRY_DO(files_.Write(Last(), text));
    return Last();
  }

 private:
  // Whether the failures are older than the last run, which then had none.
  bool KnewFailures() const { return last_.starts_with(first_line_); }

  FileSystem& files_;
  const std::string stem_;
  const std::string first_line_;
  const std::string last_;
};

Result<std::string> ChooseListing(Program& program, const ListOptions& options,
                                  const std::vector<std::string>& argv) {
  ListingFiles files(program.files(), options);
  if (program.environment().contains(kAskingVariable)) return files.Last();
  if (RerunsFailed(argv)) {
    const std::string listing = files.OfFailures();
    if (!listing.empty() && OnlyShows(argv)) return files.WritePreview(listing);
    if (!listing.empty()) return files.WriteLast(listing.substr(listing.find('\n') + 1));
  }
  TRY(const CTestProject project, LoadCTestProject(program, options.listing.common));
  const std::string listing = RenderListing(project, options.listing);
  return OnlyShows(argv) ? files.WritePreview(listing) : files.WriteLast(listing);
}

}  // namespace

ExitCode ListTests(Program& program, ListOptions options) {
  std::vector<std::string> argv;
  if (const auto owner = FindAncestor("ctest")) argv = CommandLineOf(owner->pid);
  options.listing.parallel = IsParallel(argv, program.environment());
  const auto path = ChooseListing(program, options, argv);
  if (!path) return program.Complain(path.error());
  program.Print(*path + "\n");
  return ExitCode::kPassed;
}

}  // namespace ctestbed
