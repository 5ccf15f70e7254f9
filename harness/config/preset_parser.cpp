#include "config/preset_parser.h"

#include <fmt/format.h>

#include <array>

#include "base/text.h"
#include "config/reading.h"

namespace ctestbed {
namespace {

constexpr Inside kOverlayInside{.fields = kOverlayFields, .nothing = true};
constexpr Field kAxisValue{"value", Shape::kMap, "what is laid over the preset", false,
                           &kOverlayInside};
constexpr Inside kAxisInside{.each = &kAxisValue, .at_least = 1};
constexpr Field kAxis{"axis", Shape::kMap, "VALUE: OVERLAY", false, &kAxisInside};
constexpr Inside kAxes{.each = &kAxis};

constexpr std::array kPresetFields{
    Field{"name", Shape::kName, "what suites call the preset; default: the file's name"},
    Field{"description", Shape::kText, "one line for listings"},
    Field{"extends", Shape::kName, "the preset that this one is laid over"},
    kOverlayFields[0],
    kOverlayFields[1],
    Field{"axes", Shape::kMap, "AXIS: {VALUE: OVERLAY}, the first value is the default", false,
          &kAxes},
};

constexpr std::array kForeignPresetKeys{
    ForeignKey{"nodes", "write topology: {nodes: [...]}"},
    ForeignKey{"services", "write topology: {nodes: [...]}, each node with the services it hosts"},
    ForeignKey{"env", "did you mean 'environment'?"},
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
  if (!CheckShape(entry.value, Shape::kMap, entry.key.value, reader.problems)) return axis;
  for (const Document::Entry& value : entry.value.entries) {
    axis.values.push_back(ReadAxisValue(value, reader));
  }
  if (axis.values.empty()) {
    reader.problems.Error(entry.key.mark,
                          fmt::format("axis {} has no values", Quote(entry.key.value)));
  }
  return axis;
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
  written.extends = fields.Text("extends");
  written.preset.layers.push_back(ReadOverlay(fields, reader));
  if (const Document* axes = fields.Find("axes")) {
    for (const Document::Entry& entry : axes->entries) {
      written.preset.axes.push_back(ReadAxis(entry, reader));
    }
  }
  written.document = std::move(document);
  return written;
}

}  // namespace ctestbed
