#include "config/preset_parser.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "config/reading.h"
#include "config/references.h"

namespace ctestbed {
namespace {

// Checks look at the cells of all values.
constexpr size_t kMostAxes = 16;
constexpr size_t kMostValues = 32;

constexpr Inside kOverlayInside{.fields = kOverlayFields, .nothing = true};
constexpr Field kAxisValue{"value", Shape::kMap, "what is laid over the preset", false,
                           &kOverlayInside};
constexpr Inside kAxisInside{.each = &kAxisValue, .keys = kNamePattern, .at_least = 1};
constexpr Field kAxis{"axis", Shape::kMap, "VALUE: OVERLAY", false, &kAxisInside};
constexpr Inside kAxes{.each = &kAxis, .keys = kNamePattern};

constexpr Field kPrepareCommand{"command", Shape::kTextList,
                                "program and arguments, in the preset's folder; no shell"};
constexpr Inside kPrepare{.each = &kPrepareCommand};
constexpr std::array kTimeoutFields{
    Field{"deploy", Shape::kDuration, "from the first start until every node is ready"},
    Field{"teardown", Shape::kDuration, "until nothing is left, by force when it is over"},
};
constexpr Inside kTimeouts{.fields = kTimeoutFields};

constexpr std::array kPresetFields{
    Field{"name", Shape::kName, "what suites call the preset; default: the file's name"},
    Field{"description", Shape::kText, "one line for listings"},
    Field{"category", Shape::kName, "what kind it is, for listings: development, testing"},
    Field{"extends", Shape::kTextOrList, "the preset or presets that this one is laid over"},
    Field{"backends", Shape::kTextOrList, "the backends it can be deployed on; default: any"},
    Field{"prepare", Shape::kList, "commands that end before the first node starts, once a session",
          false, &kPrepare},
    Field{"timeouts", Shape::kMap, "{deploy: DURATION, teardown: DURATION} of the whole", false,
          &kTimeouts},
    kOverlayFields[0],
    kOverlayFields[1],
    kOverlayFields[2],
    kOverlayFields[3],
    kOverlayFields[4],
    Field{"axes", Shape::kMap, "AXIS: {VALUE: OVERLAY}, the first value is the default", false,
          &kAxes},
};

constexpr std::array kForeignPresetKeys{
    ForeignKey{"nodes", "write topology: {nodes: [...]}"},
    ForeignKey{"services", "write topology: {nodes: [...]}, each node with the services it hosts"},
    ForeignKey{"env", "did you mean 'environment'?"},
    ForeignKey{"env_file", "did you mean 'env_files'?"},
    ForeignKey{"envFiles", "did you mean 'env_files'?"},
    ForeignKey{"requiredBackends", "did you mean 'backends'?"},
    ForeignKey{"infrastructure", "write each server as a node of topology.nodes"},
    ForeignKey{"ingress", "write the proxy as a node of topology.nodes"},
    ForeignKey{"networks", "write topology: {networks: {NAME: {}}}"},
    ForeignKey{"volumes", "write topology: {volumes: {NAME: {}}}"},
    ForeignKey{"overlays", "write axes: {AXIS: {VALUE: OVERLAY}}, or name presets in 'extends'"},
    ForeignKey{"timeout", "write timeouts: {deploy: DURATION, teardown: DURATION}"},
    ForeignKey{"hooks", "write prepare: [[PROGRAM, ARGUMENT...]]"},
    ForeignKey{"deltas",
               "nothing changes a topology between suites yet; write each state as the "
               "value of an axis"},
    ForeignKey{"pools", "nothing hands workers out on demand yet; write the workers as nodes"},
    ForeignKey{"processingPools",
               "nothing hands workers out on demand yet; write the workers as "
               "nodes"},
    ForeignKey{"processing_pools",
               "nothing hands workers out on demand yet; write the workers as "
               "nodes"},
};

AxisValue ReadAxisValue(const Document::Entry& entry, const Reader& reader) {
  AxisValue value{.name = entry.key, .overlay = {}};
  CheckName(entry.key, "axis value", reader.problems);
  if (entry.key.value == "all" || entry.key.value == "any") {
    reader.problems.Error(entry.key.mark,
                          fmt::format("no axis value can be called {}", Quote(entry.key.value)),
                          "it has a meaning of its own in the matrix of a suite");
  }
  if (entry.value.IsNull()) return value;
  const std::string what = fmt::format("axis value {}", Quote(entry.key.value));
  value.overlay = ReadOverlay(Fields(entry.value, what, kOverlayFields, reader.problems), reader);
  return value;
}

Axis ReadAxis(const Document::Entry& entry, const Reader& reader) {
  Axis axis{.name = entry.key, .values = {}};
  CheckName(entry.key, "axis", reader.problems);
  if (entry.key.value == "preset") {
    reader.problems.Error(entry.key.mark, "no axis can be called 'preset'",
                          "in the matrix of a suite it stands for the preset itself");
  }
  if (!CheckShape(entry.value, Shape::kMap, entry.key.value, reader.problems) ||
      !CheckSize(entry.value, entry.key.value, kMostValues, reader.problems)) {
    return axis;
  }
  for (const Document::Entry& value : entry.value.entries) {
    axis.values.push_back(ReadAxisValue(value, reader));
  }
  if (axis.values.empty()) {
    reader.problems.Error(entry.key.mark,
                          fmt::format("axis {} has no values", Quote(entry.key.value)));
  }
  return axis;
}

void ReadPrepare(const Fields& fields, Preset& preset, const Reader& reader) {
  const Document* list = fields.Find("prepare");
  if (list == nullptr) return;
  for (const Document& item : list->items) {
    if (!CheckShape(item, Shape::kTextList, "prepare step", reader.problems)) continue;
    if (item.items.empty()) reader.problems.Error(item.mark, "'prepare' has an empty command");
    PrepareStep& step = preset.prepare.emplace_back();
    for (const Document& word : item.items) {
      Located<std::string> text{word.text, word.mark};
      CheckReferences(text, {},
                      [&](const SourceMark& mark, const std::string& message,
                          const std::string& hint) { reader.problems.Error(mark, message, hint); });
      SubstituteHostVariables(text, reader.vocabulary.host_environment, reader.problems);
      step.command.push_back(text.value);
    }
    step.directory = AnchoredPath(reader.vocabulary.directory, {".", item.mark});
  }
}

}  // namespace

std::span<const Field> PresetFields() {
  return kPresetFields;
}

WrittenPreset ReadPreset(const std::string& file, Document document, const Reader& reader) {
  const Document own = WithoutForeignKeys(document, "preset", kForeignPresetKeys, reader.problems);
  const Fields fields(own, "preset", kPresetFields, reader.problems);
  WrittenPreset written;
  written.preset.file = file;
  written.preset.name =
      fields.Text("name").value_or(Located<std::string>{FileStem(file), SourceMark{file, 1, 1, 1}});
  CheckName(written.preset.name, "preset", reader.problems);
  if (const auto description = fields.Text("description")) {
    written.preset.description = description->value;
  }
  if (const auto category = fields.Text("category")) written.preset.category = category->value;
  written.extends = fields.Texts("extends").value_or(written.extends);
  written.preset.backends = fields.Texts("backends").value_or(written.preset.backends);
  ReadPrepare(fields, written.preset, reader);
  if (const auto timeouts = fields.Inner("timeouts", reader.problems)) {
    written.preset.timeouts = {timeouts->Time("deploy").value_or(Duration::zero()),
                               timeouts->Time("teardown").value_or(Duration::zero())};
  }
  written.preset.layers.push_back(ReadOverlay(fields, reader));
  const Document* axes = fields.Find("axes");
  if (axes != nullptr && CheckSize(*axes, "axes", kMostAxes, reader.problems)) {
    for (const Document::Entry& entry : axes->entries) {
      written.preset.axes.push_back(ReadAxis(entry, reader));
    }
  }
  written.document = std::move(document);
  return written;
}

}  // namespace ctestbed
