#include "driver/docker/sweep.h"

#include <fmt/format.h>

#include <set>

#include "base/json.h"
#include "base/text.h"
#include "driver/docker/wire.h"

namespace ctestbed {
namespace {

constexpr Duration kPause{50};  // between two rounds

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// Something on an engine that bears our labels.
struct Labelled {
  std::string kind;  // "container"
  std::string name;
  std::string path;  // what to delete
  std::string owner;

  std::string Text() const { return kind + " " + name; }
};

Labelled FromListing(const std::string& kind, const Json& item) {
  Labelled found{kind, JsonText(item, "Name"), "",
                 JsonText(JsonMember(item, "Labels"), kOwnerLabel)};
  const std::string id = JsonText(item, "Id");
  if (kind == "container") {
    const Json& names = JsonMember(item, "Names");
    found.name = names.is_array() && !names.empty() && names[0].is_string()
                     ? names[0].get<std::string>()
                     : id;
    if (found.name.starts_with('/')) found.name.erase(0, 1);
    found.path = fmt::format("/containers/{}?force=1&v=1", id);
  } else if (kind == "network") {
    found.path = "/networks/" + (id.empty() ? found.name : id);
  } else {
    found.path = fmt::format("/volumes/{}?force=1", found.name);
  }
  return found;
}

// In the order in which they can be removed.
Result<std::vector<Labelled>> Find(const Engine& engine, const Labels& labels, TimePoint deadline) {
  std::vector<Labelled> all;
  const std::string query = LabelQuery(labels);
  TRY(const Json containers, engine.Get("/containers/json" + query, deadline));
  TRY(const Json networks, engine.Get("/networks" + query, deadline));
  TRY(const Json volumes, engine.Get("/volumes" + query, deadline));
  for (const Json& item : containers) all.push_back(FromListing("container", item));
  for (const Json& item : networks) all.push_back(FromListing("network", item));
  for (const Json& item : JsonMember(volumes, "Volumes")) {
    all.push_back(FromListing("volume", item));
  }
  return all;
}

// Takes what hangs on a network off it.
void EmptyNetwork(const Engine& engine, const std::string& path, TimePoint deadline) {
  const Result<Json> network = engine.Get(path, deadline);
  if (!network) return;
  const Json& containers = JsonMember(*network, "Containers");
  if (!containers.is_object()) return;
  for (auto entry = containers.begin(); entry != containers.end(); ++entry) {
    static_cast<void>(
        engine.Do(path + "/disconnect", {{"Container", entry.key()}, {"Force", true}}, deadline));
  }
}

// Whether it is gone now.
bool Remove(const Engine& engine, const Labelled& thing, TimePoint deadline) {
  const Status status = engine.Delete(thing.path, deadline);
  if (status || status.error().kind == ErrorKind::kNotFound) return true;
  if (thing.kind == "network") EmptyNetwork(engine, thing.path, deadline);
  return false;
}

std::string NamesOf(const std::vector<Labelled>& things) {
  std::vector<std::string> names;
  for (const Labelled& thing : things) names.push_back(thing.Text());
  return Join(names, ", ");
}

}  // namespace

Result<std::vector<std::string>> SweepEngine(const Engine& engine, Clock& clock,
                                             const std::string& owner,
                                             const std::string& environment, TimePoint deadline) {
  Labels labels{{kOwnerLabel, owner}};
  if (!environment.empty()) labels.emplace_back(kEnvironmentLabel, environment);
  std::vector<std::string> removed;
  std::set<std::string> known;  // a thing on its way out may be listed once more
  for (;;) {
    TRY(const std::vector<Labelled> left, Find(engine, labels, deadline));
    if (left.empty()) return removed;
    if (clock.Now() >= deadline) {
      return Fail(ErrorKind::kTimeout,
                  fmt::format("cannot be removed from the engine: {}", NamesOf(left)));
    }
    bool all_gone = true;
    for (const Labelled& thing : left) {
      const bool gone = Remove(engine, thing, deadline);
      all_gone = all_gone && gone;
      if (gone && known.insert(thing.Text()).second) removed.push_back(thing.Text());
    }
    if (!all_gone) clock.SleepUntil(clock.Now() + kPause, {});
  }
}

Result<std::vector<std::string>> OwnersOnEngine(const Engine& engine, TimePoint deadline) {
  TRY(const std::vector<Labelled> all, Find(engine, {{kOwnerLabel, ""}}, deadline));
  std::set<std::string> owners;
  for (const Labelled& thing : all) {
    if (!thing.owner.empty()) owners.insert(thing.owner);
  }
  return std::vector<std::string>(owners.begin(), owners.end());
}

}  // namespace ctestbed
