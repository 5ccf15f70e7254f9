// Steps of an edge suite, as read from the file.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/document.h"
#include "base/fields.h"
#include "tester/edge/settings.h"
#include "tester/requests/http_step.h"
#include "tester/steps/step.h"

namespace ctestbed {

enum class EdgeAction {
  kOpen,
  kRefused,
  kSend,
  kExpect,
  kNext,
  kExpectSeq,
  kExpectAll,
  kExpectCount,
  kQuiet,
  kCall,
  kPing,
  kPong,
  kPings,
  kFrames,
  kClose,
  kClosed,
  kDrop,
  kMark,
  kRead,
  kHttp,
};

inline constexpr std::array<std::string_view, 4> kDropWords{"rst", "fin", "half", "stall"};
inline constexpr Inside kDropInside{.words = kDropWords};  // in the order of Drop

inline constexpr std::array<Field, 5> kGapFields{{
    {"p50", Shape::kMap, "operators on the median"},
    {"p90", Shape::kMap, "operators on what 90 of 100 keep to"},
    {"p95", Shape::kMap, "the same for 95"},
    {"p99", Shape::kMap, "the same for 99"},
    {"max", Shape::kMap, "operators on the longest"},
}};
inline constexpr Inside kGap{.fields = kGapFields};

// What a step does, and what may stand beside it. The first ones are the actions, in the order of
// the enum.
inline constexpr std::array<Field, 27> kEdgeStepFields{{
    {"open", Shape::kAny, "connects: nothing, names of clients, or a map of how"},
    {"refused", Shape::kAny, "connects, and wants this refusal: a status, or what it is like"},
    {"send", Shape::kAny, "sends a message"},
    {"expect", Shape::kAny, "takes the first unread message that fits; others stay unread"},
    {"next", Shape::kAny, "takes the very next unread message, which must fit"},
    {"expect_seq", Shape::kList, "takes messages that fit, in this order"},
    {"expect_all", Shape::kList, "takes messages that fit, in any order"},
    {"expect_count", Shape::kAny, "takes so many messages"},
    {"quiet", Shape::kAny, "for so long no message may be there or arrive"},
    {"call", Shape::kAny, "sends a message with an id, and takes the reply to it"},
    {"ping", Shape::kAny, "sends a ping: its text, or {text, pong_within}"},
    {"pong", Shape::kText, "takes a pong with this text"},
    {"pings", Shape::kMap, "waits until so many pings came: {count, within}"},
    {"frames", Shape::kAny, "sends frames as they are, also what is forbidden"},
    {"close", Shape::kAny, "sends a close frame: its code, or {code, reason}"},
    {"closed", Shape::kAny, "waits for the end: its code, or {code, reason, clean, within}"},
    {"drop", Shape::kText, "breaks off without a close frame: rst, fin, half or stall", false,
     &kDropInside},
    {"mark", Shape::kText, "names this moment, for 'since'"},
    {"read", Shape::kText, "paused or on: whether what arrives is read", false, &kReadMode},
    {"http", Shape::kMap, "sends a request"},
    {"each", Shape::kTextList, "clients that take this step, one after the other"},
    {"reply", Shape::kAny, "what the reply to a call is like"},
    {"within", Shape::kDuration, "how long to wait"},
    {"save", Shape::kMap, "variables to set: name to JSONPath"},
    {"since", Shape::kText, "only messages after this mark count"},
    {"gap", Shape::kMap, "times between messages: p50, p90, p95, p99, max", false, &kGap},
    {"time", Shape::kAny, "from the call on the wire to its reply"},
}};

struct EdgeStep {
  EdgeAction action = EdgeAction::kExpect;
  Located<std::string> key;  // that names the action
  Document argument;
  Document all;                           // the action and what stands beside it
  std::vector<std::string> targets;       // clients, in order
  ConnectOptions connect;                 // of kOpen
  std::optional<HttpUntil> until;         // of kOpen: connect again and again
  bool may_be_refused = false;            // kOpen with `refused`, kRefused
  std::optional<HttpStep> handshake;      // what is expected of the answer to it
  std::shared_ptr<const SuiteStep> http;  // of kHttp
  std::shared_ptr<const EdgeSettings> settings;

  const Document* Beside(std::string_view name) const { return all.Find(name); }
};

// What a reader of steps has to know.
struct EdgeNames {
  std::set<std::string, std::less<>> clients;  // of the suite and of all its tests
};

bool IsEdgeAction(std::string_view key);
bool IsEdgeModifier(std::string_view key);

// Reads one step; nothing when there is none. `used` gets the clients that it names.
std::optional<EdgeStep> ReadEdgeStep(const Document& item,
                                     const std::shared_ptr<const EdgeSettings>& settings,
                                     const EdgeNames& names,
                                     std::vector<Located<std::string>>& used,
                                     Diagnostics& problems);

// One frame to be sent as it is.
struct RawFrame {
  WsFrame frame;
  bool masked = true;
  std::optional<std::string> bytes;  // instead of a frame
};
void CheckFrames(const Document& frames, Diagnostics& problems);
OrFailure<std::vector<RawFrame>> BuildFrames(const Document& frames, const Variables& variables);

}  // namespace ctestbed
