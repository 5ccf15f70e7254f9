#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "tester/edge/waiting.h"
#include "tester/expectation/matcher.h"
#include "tester/expectation/paths.h"

namespace ctestbed {
namespace {

using Milliseconds = std::chrono::duration<double, std::milli>;

// A scalar that may be a reference, as text.
OrFailure<std::string> TextOfArgument(const Document& argument, const Variables& variables) {
  return ExpandText({argument.text, argument.mark}, variables);
}

// The longest time that `share` of the gaps between the moments keep to, in milliseconds.
double Percentile(std::vector<double> gaps, double share) {
  if (gaps.empty()) return 0;
  std::sort(gaps.begin(), gaps.end());
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(gaps.size())));
  return gaps[std::max<size_t>(rank, 1) - 1];
}

std::vector<Failure> CheckGaps(const EdgeRun& run, const std::vector<TimePoint>& moments) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kShares{
      {{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"max", 1}}};
  std::vector<Failure> failures;
  const Document* wanted = run.step.Beside("gap");
  if (wanted == nullptr) return failures;
  std::vector<double> gaps;
  for (size_t i = 1; i < moments.size(); ++i) {
    gaps.push_back(Milliseconds(moments[i] - moments[i - 1]).count());
  }
  for (const auto& [name, share] : kShares) {
    const Document* matcher = wanted->Find(name);
    if (matcher == nullptr) continue;
    const Actual actual{ValueKind::kTime, Json(Percentile(gaps, share)), {}};
    for (Failure& failure : Match(*matcher, actual, run.variables())) {
      failure.subject = fmt::format("gap {}", name);
      failures.push_back(std::move(failure));
    }
  }
  return failures;
}

// Puts `id` where the suite says calls have theirs; what stands there already is kept.
Json WithId(Json call, const std::vector<std::string>& path, const std::string& id, Json& used) {
  Json* place = &call;
  for (const std::string& name : path) {
    if (!place->is_object()) *place = Json::object();
    place = &(*place)[name];
  }
  if (place->is_null()) *place = id;
  used = *place;
  return call;
}

struct Sent {
  int number = 0;
  Json id;
};

OrFailure<Sent> SendCall(const EdgeRun& run) {
  const EdgeSettings& settings = *run.step.settings;
  const OrFailure<Document> expanded = ExpandDocument(run.step.argument, run.variables());
  if (!expanded) return tl::unexpected(expanded.error());
  Sent sent;
  const std::string id = fmt::format("{}-{}", run.client.name(), run.client.NextCall());
  const Json call = WithId(JsonOf(*expanded), settings.request_id, id, sent.id);
  Payload payload = Encoded(call, settings.codec);
  const auto number =
      run.client.SendMessage(payload.op, std::move(payload.bytes), run.Deadline(run.Within()));
  if (!number) {
    return tl::unexpected(
        Failure{run.step.key.mark, fmt::format("cannot send: {}", number.error().message), {}});
  }
  sent.number = *number;
  return sent;
}

bool IsReplyTo(const EdgeRun& run, const Traffic& message, const Json& id) {
  const Result<Json> value = Decoded(message, run.step.settings->codec);
  if (!value) return false;
  const auto found = FindPath(*run.step.settings->reply_id, *value, run.variables());
  return found && found->value && *found->value == id;
}

// The stamp of message `number`.
TimePoint SentAt(const Inbox& inbox, int number) {
  for (const Traffic& traffic : inbox.traffic) {
    if (traffic.number == number) return traffic.at;
  }
  return {};
}

std::vector<Failure> CheckReply(const EdgeRun& run, const Traffic& reply, Milliseconds latency) {
  std::vector<Failure> failures;
  const Document* pattern = run.step.Beside("reply");
  if (pattern != nullptr) {
    failures = MatchPattern(*pattern, reply, run.step.settings->codec, run.variables());
    for (Failure& failure : failures) {
      failure.remark = fmt::format("reply #{}: {}", reply.number, Headline(failure));
      failure.subject.clear();
    }
  }
  if (const Document* time = run.step.Beside("time")) {
    const Actual actual{ValueKind::kTime, Json(latency.count()), {}};
    for (Failure& failure : Match(*time, actual, run.variables())) {
      failure.subject = "time";
      failures.push_back(std::move(failure));
    }
  }
  return failures;
}

// The problem of a wait that came to nothing.
EdgeProblem Unmet(const EdgeRun& run, const SourceMark& mark, std::string remark, Waited waited,
                  Duration within) {
  EdgeProblem problem = ProblemAt(mark, std::move(remark));
  run.client.Look([&](Inbox& inbox) {
    problem.outcome = OutcomeOf(waited, within, inbox);
    BlameTheEnd(waited, inbox, problem.failures);
  });
  return problem;
}

MaybeProblem TakePong(const EdgeRun& run, const std::string& text, Duration within) {
  bool taken = false;
  const auto look = [&](Inbox& inbox) {
    for (Traffic& traffic : inbox.traffic) {
      if (!traffic.unread || traffic.op != WsOp::kPong || traffic.payload != text) continue;
      traffic.unread = false;
      taken = true;
      return true;
    }
    return false;
  };
  const Waited waited = run.client.WaitUntil(run.Deadline(within), run.context.stop, look);
  if (taken) return std::nullopt;
  return Unmet(run, run.step.key.mark, fmt::format("no pong {}", run.variables().Show(Json(text))),
               waited, within);
}

std::vector<Failure> CheckCode(const Document& wanted, int code, const EdgeRun& run) {
  const Actual actual{ValueKind::kJson, Json(code), {}};
  const OrFailure<Document> expanded = ExpandDocument(wanted, run.variables());
  if (!expanded) return {expanded.error()};
  if (!expanded->IsList()) return Match(wanted, actual, run.variables());
  for (const Document& item : expanded->items) {
    if (item.text == std::to_string(code)) return {};
  }
  return {{wanted.mark,
           fmt::format("is {}, wanted one of {}", code, run.variables().Show(JsonOf(*expanded))),
           {}}};
}

std::vector<Failure> CheckEnding(const EdgeRun& run, const Ending& ending) {
  const Document& wanted = run.step.argument;
  std::vector<Failure> failures;
  const auto add = [&](std::string_view subject, std::vector<Failure> more) {
    for (Failure& failure : more) {
      failure.subject = subject;
      // A code that stands for "none" says less than what happened.
      if (ending.code == kWsAbnormal) failure.remark += "; " + ending.how;
      failures.push_back(std::move(failure));
    }
  };
  if (wanted.IsNull()) return failures;
  const Document* code = wanted.IsMap() ? wanted.Find("code") : &wanted;
  if (code != nullptr) add("code", CheckCode(*code, ending.code, run));
  if (const Document* reason = wanted.Find("reason")) {
    add("reason", Match(*reason, Actual::Text(ending.reason), run.variables()));
  }
  const Document* clean = wanted.Find("clean");
  if (clean != nullptr && (clean->text == "true") != ending.clean) {
    add("clean", {{clean->mark, fmt::format("is {}", !ending.clean ? "false" : "true"), {}}});
  }
  return failures;
}

}  // namespace

MaybeProblem RunExpectCount(const EdgeRun& run) {
  const auto text = TextOfArgument(run.step.argument, run.variables());
  if (!text) return EdgeProblem{{text.error()}, {}};
  size_t wanted = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), wanted);
  if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size()) {
    return ProblemAt(run.step.argument.mark, "is no whole number");
  }
  size_t next = FirstThatCounts(run);
  std::vector<size_t> found;
  const Duration within = run.Within();
  const Waited waited =
      run.client.WaitUntil(run.Deadline(within), run.context.stop, [&](Inbox& inbox) {
        for (; next < inbox.traffic.size() && found.size() < wanted; ++next) {
          if (inbox.traffic[next].IsUnreadMessage()) found.push_back(next);
        }
        return found.size() >= wanted;
      });
  if (waited != Waited::kDone) {
    return Unmet(run, run.step.argument.mark,
                 fmt::format("{} messages came, wanted {}", found.size(), wanted), waited, within);
  }
  EdgeProblem problem;
  run.client.Look([&](Inbox& inbox) {
    std::vector<TimePoint> moments;
    for (const size_t index : found) {
      inbox.traffic[index].unread = false;
      moments.push_back(inbox.traffic[index].at);
    }
    problem.failures = CheckGaps(run, moments);
  });
  return problem.failures.empty() ? std::nullopt : MaybeProblem(std::move(problem));
}

MaybeProblem RunQuiet(const EdgeRun& run) {
  const auto text = TextOfArgument(run.step.argument, run.variables());
  if (!text) return EdgeProblem{{text.error()}, {}};
  const Result<Duration> time = ParseDuration(*text);
  if (!time) return ProblemAt(run.step.argument.mark, time.error().message);
  Hunt any(run, nullptr);
  const Waited waited = run.client.WaitUntil(run.Deadline(*time), run.context.stop,
                                             [&](Inbox& inbox) { return any.Look(inbox); });
  // A connection that is at its end is quiet for ever, and shows nothing by it.
  if (waited == Waited::kEnded) {
    return Unmet(run, run.step.argument.mark, "silence shows nothing", waited, *time);
  }
  if (waited != Waited::kDone) return std::nullopt;
  int number = 0;
  run.client.Look([&](Inbox& inbox) {
    Traffic& message = inbox.traffic[*any.found()];
    message.remark = "not quiet";
    number = message.number;
  });
  return ProblemAt(run.step.argument.mark, fmt::format("message #{} came", number));
}

MaybeProblem RunCall(const EdgeRun& run) {
  const Document* pattern = run.step.Beside("reply");
  if (MaybeProblem problem = CheckDefined(run, pattern)) return problem;
  const OrFailure<Sent> sent = SendCall(run);
  if (!sent) return EdgeProblem{{sent.error()}, {}};
  size_t next = 0;
  std::optional<Traffic> reply;
  Milliseconds latency{0};
  const auto look = [&](Inbox& inbox) {
    for (; next < inbox.traffic.size() && !reply; ++next) {
      Traffic& message = inbox.traffic[next];
      if (!message.IsUnreadMessage() || !IsReplyTo(run, message, sent->id)) continue;
      message.unread = false;
      message.remark = fmt::format("reply to #{} (line {})", sent->number, run.step.key.mark.line);
      latency = message.at - SentAt(inbox, sent->number);
      reply = message;
    }
    return reply.has_value();
  };
  const Duration within = run.Within();
  const Waited waited = run.client.WaitUntil(run.Deadline(within), run.context.stop, look);
  if (!reply) {
    return Unmet(run, run.step.key.mark, fmt::format("no reply to #{}", sent->number), waited,
                 within);
  }
  EdgeProblem problem;
  problem.failures = CheckReply(run, *reply, latency);
  if (problem.failures.empty()) problem.failures = SaveAll(run, pattern, *reply);
  return problem.failures.empty() ? std::nullopt : MaybeProblem(std::move(problem));
}

MaybeProblem RunPing(const EdgeRun& run) {
  const Document& argument = run.step.argument;
  const Document* text_place = argument.IsMap() ? argument.Find("text") : &argument;
  OrFailure<std::string> text =
      text_place == nullptr ? "" : TextOfArgument(*text_place, run.variables());
  if (!text) return EdgeProblem{{text.error()}, {}};
  const Status sent = run.client.SendFrame({true, 0, WsOp::kPing, true, *text}, true,
                                           run.Deadline(run.step.settings->within));
  if (!sent) {
    return ProblemAt(run.step.key.mark, fmt::format("cannot send: {}", sent.error().message));
  }
  const Document* pong = argument.Find("pong_within");
  if (pong == nullptr) return std::nullopt;
  return TakePong(run, *text, ParseDuration(pong->text).value_or(run.step.settings->within));
}

MaybeProblem RunPong(const EdgeRun& run) {
  const auto text = TextOfArgument(run.step.argument, run.variables());
  if (!text) return EdgeProblem{{text.error()}, {}};
  return TakePong(run, *text, run.Within());
}

MaybeProblem RunPings(const EdgeRun& run) {
  const Document& wanted = *run.step.argument.Find("count");
  std::vector<Failure> failures;
  const auto look = [&](Inbox& inbox) {
    const auto pings =
        std::count_if(inbox.traffic.begin(), inbox.traffic.end(), [](const Traffic& traffic) {
          return traffic.way == Traffic::Way::kReceived && traffic.op == WsOp::kPing;
        });
    failures = Match(wanted, {ValueKind::kJson, Json(pings), {}}, run.variables());
    return failures.empty();
  };
  const Duration within = run.Within(&run.step.argument);
  const Waited waited = run.client.WaitUntil(run.Deadline(within), run.context.stop, look);
  if (waited == Waited::kDone) return std::nullopt;
  EdgeProblem problem{std::move(failures), {}};
  for (Failure& failure : problem.failures) failure.subject = "count";
  run.client.Look([&](Inbox& inbox) {
    problem.outcome = OutcomeOf(waited, within, inbox);
    BlameTheEnd(waited, inbox, problem.failures);
  });
  return problem;
}

MaybeProblem RunClosed(const EdgeRun& run) {
  const Duration within = run.Within(&run.step.argument);
  std::optional<Ending> ending;
  const Waited waited =
      run.client.WaitUntil(run.Deadline(within), run.context.stop, [&](Inbox& inbox) {
        ending = inbox.ending;
        return ending.has_value();
      });
  if (ending) {
    std::vector<Failure> failures = CheckEnding(run, *ending);
    return failures.empty() ? std::nullopt : MaybeProblem(EdgeProblem{std::move(failures), {}});
  }
  return Unmet(run, run.step.key.mark, "the connection was not closed", waited, within);
}

}  // namespace ctestbed
