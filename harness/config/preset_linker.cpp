#include "config/preset_linker.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "config/preset_checks.h"
#include "config/references.h"

namespace ctestbed {
namespace {

// `own` on top of `parent`: layers follow, an axis of the same name replaces.
Preset PutOnTop(const Preset& parent, Preset own) {
  own.layers.insert(own.layers.begin(), parent.layers.begin(), parent.layers.end());
  std::vector<Axis> axes = parent.axes;
  for (Axis& axis : own.axes) {
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& inherited) {
      return inherited.name.value == axis.name.value;
    });
    if (same == axes.end()) {
      axes.push_back(std::move(axis));
    } else {
      *same = std::move(axis);
    }
  }
  own.axes = std::move(axes);
  return own;
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

// A relative working directory starts from the folder of the file that says it.
void AnchorDirectories(Preset& preset) {
  ForEachOverlay(preset, [](Overlay& overlay) {
    for (NodeOverlay& node : overlay.nodes) {
      if (!node.working_directory) continue;
      auto& [text, mark] = *node.working_directory;
      text = (std::filesystem::path(mark.file).parent_path() / text).lexically_normal().string();
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
    std::optional<Preset> preset = own.preset;
    if (own.extends) preset = Extend(own);
    if (!preset || HasMistakes(index)) return;
    if (!CheckPreset(*preset, documents_, reader_.problems)) return;
    Preset finished = *preset;
    SubstituteHostVariables(finished, reader_.vocabulary.host_environment, reader_.problems);
    if (HasMistakes(index)) return;
    FillGrace(finished, reader_.defaults.stop_grace);
    AnchorDirectories(finished);
    finished_[index] = std::move(finished);
    layered_[index] = std::move(preset);
  }

  std::optional<Preset> Extend(const WrittenPreset& own) {
    const auto parent = by_name_.find(own.extends->value);
    if (parent == by_name_.end()) {
      Error(own, fmt::format("unknown preset {}", Quote(own.extends->value)),
            DidYouMean(own.extends->value, Names(), "presets"));
      return std::nullopt;
    }
    if (states_[parent->second] == State::kBusy) {
      ReportCycle(own, parent->second);
      return std::nullopt;
    }
    if (const Preset* below = Layered(parent->second)) return PutOnTop(*below, own.preset);
    if (!circular_.contains(own.preset.name.value)) {
      Error(own, fmt::format("preset {} has mistakes of its own", Quote(own.extends->value)),
            "correct that preset first");
    }
    return std::nullopt;
  }

  void ReportCycle(const WrittenPreset& own, size_t parent) {
    std::vector<std::string> names;
    for (auto at = std::find(path_.begin(), path_.end(), parent); at != path_.end(); ++at) {
      names.push_back(written_[*at].preset.name.value);
    }
    circular_.insert(names.begin(), names.end());
    names.push_back(own.extends->value);
    Error(own, fmt::format("presets extend each other in a circle: {}", Join(names, " -> ")),
          "remove one of these 'extends'");
  }

  void Error(const WrittenPreset& own, std::string message, std::string hint) {
    reader_.problems.Error(own.extends->mark, std::move(message), std::move(hint));
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
