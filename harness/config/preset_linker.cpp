#include "config/preset_linker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/preset_checks.h"
#include "config/reading.h"
#include "config/references.h"

namespace ctestbed {
namespace {

// `upper` on top of `lower`: layers follow, those that are there already stay where they are; an
// axis of the same name replaces, and so does whatever else `upper` says.
Preset PutOnTop(const Preset& lower, Preset upper) {
  std::vector<Overlay> layers = lower.layers;
  for (Overlay& layer : upper.layers) {
    if (std::find(layers.begin(), layers.end(), layer) == layers.end()) {
      layers.push_back(std::move(layer));
    }
  }
  upper.layers = std::move(layers);
  std::vector<Axis> axes = lower.axes;
  for (Axis& axis : upper.axes) {
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& inherited) {
      return inherited.name.value == axis.name.value;
    });
    if (same == axes.end()) {
      axes.push_back(std::move(axis));
    } else {
      *same = std::move(axis);
    }
  }
  upper.axes = std::move(axes);
  if (upper.category.empty()) upper.category = lower.category;
  if (upper.backends.empty()) upper.backends = lower.backends;
  if (upper.prepare.empty()) upper.prepare = lower.prepare;
  if (upper.timeouts == Timeouts{}) upper.timeouts = lower.timeouts;
  return upper;
}

template <typename Visit>
void ForEachOverlay(Preset& preset, const Visit& visit) {
  for (Overlay& layer : preset.layers) visit(layer);
  for (Axis& axis : preset.axes) {
    for (AxisValue& value : axis.values) visit(value.overlay);
  }
}

// Gives the default grace to every node that never says anything about it.
void FillGrace(Preset& preset, Duration grace) {
  std::set<std::string> said;
  ForEachOverlay(preset, [&](const Overlay& overlay) {
    for (const NodeOverlay& node : overlay.nodes) {
      if (node.stop) said.insert(node.name.value);
    }
  });
  ForEachOverlay(preset, [&](Overlay& overlay) {
    for (NodeOverlay& node : overlay.nodes) {
      if (!said.contains(node.name.value)) node.stop = StopSpec{grace};
    }
  });
}

// Makes every path absolute: a relative one starts from the folder of the file that says it.
void AnchorPaths(Preset& preset, const std::string& directory) {
  ForEachOverlay(preset, [&](Overlay& overlay) {
    for (NodeOverlay& node : overlay.nodes) {
      if (node.working_directory) {
        node.working_directory->value = AnchoredPath(directory, *node.working_directory);
      }
      for (auto& [name, mount] : node.mounts) {
        if (mount.value.kind != MountKind::kBind) continue;
        mount.value.source = AnchoredPath(directory, {mount.value.source, mount.mark});
      }
    }
  });
}

class Linker {
 public:
  Linker(const std::vector<WrittenPreset>& written, const Reader& reader)
      : written_(written),
        reader_(reader),
        states_(written.size()),
        layered_(written.size()),
        finished_(written.size()) {
    for (size_t i = 0; i < written.size(); ++i) {
      const Preset& preset = written[i].preset;
      documents_[preset.file] = &written[i].document;
      const auto [first, is_new] = by_name_.try_emplace(preset.name.value, i);
      if (is_new) continue;
      reader.problems.Error(preset.name.mark,
                            fmt::format("duplicate preset {}", Quote(preset.name.value)),
                            fmt::format("{} has it already", written[first->second].preset.file));
    }
  }

  // The preset with all its layers, texts as written; null when there is a mistake.
  const Preset* Layered(size_t index) {
    if (states_[index] == State::kNew) {
      states_[index] = State::kBusy;
      path_.push_back(index);
      Link(index);
      path_.pop_back();
      states_[index] = State::kDone;
    }
    return layered_[index] ? &*layered_[index] : nullptr;
  }

  const std::optional<Preset>& Finished(size_t index) {
    Layered(index);
    return finished_[index];
  }

 private:
  enum class State { kNew, kBusy, kDone };

  bool HasMistakes(size_t index) const {
    return !reader_.problems.About(written_[index].preset.file).empty();
  }

  void Link(size_t index) {
    const WrittenPreset& own = written_[index];
    std::optional<Preset> preset = Extend(own);
    if (!preset || HasMistakes(index)) return;
    if (!CheckPreset(*preset, documents_, reader_.vocabulary, reader_.problems)) return;
    Preset finished = *preset;
    SubstituteHostVariables(finished, reader_.vocabulary.host_environment, reader_.problems);
    if (HasMistakes(index)) return;
    FillGrace(finished, reader_.defaults.stop_grace);
    AnchorPaths(finished, reader_.vocabulary.directory);
    finished_[index] = std::move(finished);
    layered_[index] = std::move(preset);
  }

  // `own` on top of those that it extends, the first lowest.
  std::optional<Preset> Extend(const WrittenPreset& own) {
    std::optional<Preset> below;
    for (const Located<std::string>& name : own.extends) {
      const Preset* next = Extended(own, name);
      if (next == nullptr) return std::nullopt;
      below = below ? PutOnTop(*below, *next) : *next;
    }
    return below ? PutOnTop(*below, own.preset) : own.preset;
  }

  const Preset* Extended(const WrittenPreset& own, const Located<std::string>& name) {
    const auto parent = by_name_.find(name.value);
    if (parent == by_name_.end()) {
      reader_.problems.Error(name.mark, fmt::format("unknown preset {}", Quote(name.value)),
                             DidYouMean(name.value, Names(), "presets"));
      return nullptr;
    }
    if (states_[parent->second] == State::kBusy) {
      ReportCycle(name, parent->second);
      return nullptr;
    }
    const Preset* below = Layered(parent->second);
    if (below == nullptr && !circular_.contains(own.preset.name.value)) {
      reader_.problems.Error(name.mark,
                             fmt::format("preset {} has mistakes of its own", Quote(name.value)),
                             "correct that preset first");
    }
    return below;
  }

  void ReportCycle(const Located<std::string>& name, size_t parent) {
    std::vector<std::string> names;
    for (auto at = std::find(path_.begin(), path_.end(), parent); at != path_.end(); ++at) {
      names.push_back(written_[*at].preset.name.value);
    }
    circular_.insert(names.begin(), names.end());
    names.push_back(name.value);
    reader_.problems.Error(
        name.mark, fmt::format("presets extend each other in a circle: {}", Join(names, " -> ")),
        "remove one of these 'extends'");
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& [name, index] : by_name_) names.push_back(name);
    return names;
  }

  const std::vector<WrittenPreset>& written_;
  const Reader& reader_;
  std::map<std::string, size_t> by_name_;
  DocumentsByFile documents_;
  std::vector<State> states_;
  std::vector<std::optional<Preset>> layered_;
  std::vector<std::optional<Preset>> finished_;
  std::vector<size_t> path_;        // those being linked, each extending the next
  std::set<std::string> circular_;  // members of circles that were reported
};

}  // namespace

std::vector<std::optional<Preset>> LinkPresets(const std::vector<WrittenPreset>& written,
                                               const Reader& reader) {
  Linker linker(written, reader);
  std::vector<std::optional<Preset>> presets;
  for (size_t i = 0; i < written.size(); ++i) presets.push_back(linker.Finished(i));
  return presets;
}

}  // namespace ctestbed
