#include "report/html/topology_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "report/xml.h"

namespace ctestbed {
namespace {

constexpr int kBoxWidth = 220;
constexpr int kGapX = 72;
constexpr int kGapY = 20;
constexpr int kLineHeight = 18;
constexpr int kPadding = 12;
constexpr int kMargin = 8;
constexpr size_t kMostColumns = 30;  // characters in a line of a box
constexpr size_t kMostLines = 4;     // of services, and of endpoints

struct Line {
  std::string style;
  std::string text;
};

struct Box {
  const NodeStory* node = nullptr;
  std::vector<size_t> needs;  // boxes
  std::vector<size_t> needed_by;
  std::vector<Line> lines;
  size_t layer = 0;
  double order = 0;
  int x = 0;
  int y = 0;
  int height = 0;
};

std::string Shortened(const std::string& text) {
  const std::string shown = Visible(text);
  if (DisplayWidth(shown) <= kMostColumns) return shown;
  std::string cut;
  size_t columns = 0;
  for (const char c : shown) {
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues && ++columns == kMostColumns) break;
    cut += c;
  }
  return cut + "\u2026";
}

// Names, as many in a line as fit.
std::vector<std::string> Packed(const std::vector<std::string>& names) {
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    if (lines.empty() || lines.back().size() + name.size() + 3 > kMostColumns) {
      if (!lines.empty()) lines.back() += ',';
      lines.push_back(name);
    } else {
      lines.back() += ", " + name;
    }
  }
  return lines;
}

void AddSome(const std::string& style, const std::vector<std::string>& texts,
             std::vector<Line>& lines) {
  const size_t count = texts.size() > kMostLines ? kMostLines - 1 : texts.size();
  for (size_t i = 0; i < count; ++i) lines.push_back({style, texts[i]});
  if (count < texts.size()) lines.push_back({style, "\u2026"});
}

std::vector<Line> LinesOf(const NodeStory& node) {
  const NodeFacts& facts = node.facts;
  std::string name = facts.name;
  if (facts.replicas > 1) name += fmt::format(" \u00d7{}", facts.replicas);
  std::vector<Line> lines{{"name", name}};
  AddSome("service", Packed(facts.services), lines);
  std::vector<std::string> endpoints;
  for (const InstanceStory& instance : node.instances) {
    for (const auto& [port, address] : instance.endpoints) {
      endpoints.push_back(fmt::format("{} {}", port, address));
    }
  }
  AddSome("endpoint", endpoints, lines);
  return lines;
}

std::vector<Box> MakeBoxes(const std::vector<NodeStory>& nodes) {
  std::map<std::string_view, size_t> index;
  for (size_t i = 0; i < nodes.size(); ++i) index.emplace(nodes[i].facts.name, i);
  std::vector<Box> boxes(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    boxes[i].node = &nodes[i];
    boxes[i].lines = LinesOf(nodes[i]);
    boxes[i].height =
        2 * kPadding + kLineHeight * static_cast<int>(boxes[i].lines.size()) - kLineHeight / 3;
    for (const std::string& name : nodes[i].facts.depends_on) {
      const auto needed = index.find(name);
      if (needed == index.end() || needed->second == i) continue;
      boxes[i].needs.push_back(needed->second);
      boxes[needed->second].needed_by.push_back(i);
    }
  }
  return boxes;
}

// The longest way from what nobody needs; bounded, so that a cycle ends.
void ChooseLayers(std::vector<Box>& boxes) {
  for (size_t round = 0; round < boxes.size(); ++round) {
    bool changed = false;
    for (Box& box : boxes) {
      for (const size_t needed : box.needs) {
        if (boxes[needed].layer > box.layer || box.layer + 1 >= boxes.size()) continue;
        boxes[needed].layer = box.layer + 1;
        changed = true;
      }
    }
    if (!changed) return;
  }
}

double MeanOrder(const std::vector<Box>& boxes, const std::vector<size_t>& of, double fallback) {
  if (of.empty()) return fallback;
  double sum = 0;
  for (const size_t i : of) sum += boxes[i].order;
  return sum / static_cast<double>(of.size());
}

// Boxes by layer; each layer ordered by the mean place of its neighbours in the one before, there
// and back again (barycentre method).
std::vector<std::vector<size_t>> Arrange(std::vector<Box>& boxes) {
  std::vector<std::vector<size_t>> layers;
  for (size_t i = 0; i < boxes.size(); ++i) {
    layers.resize(std::max(layers.size(), boxes[i].layer + 1));
    boxes[i].order = static_cast<double>(layers[boxes[i].layer].size());
    layers[boxes[i].layer].push_back(i);
  }
  for (int sweep = 0; sweep < 4; ++sweep) {
    for (std::vector<size_t>& layer : layers) {
      std::map<size_t, double> place;
      for (const size_t i : layer) {
        place[i] =
            MeanOrder(boxes, sweep % 2 == 0 ? boxes[i].needed_by : boxes[i].needs, boxes[i].order);
      }
      std::stable_sort(layer.begin(), layer.end(),
                       [&](size_t a, size_t b) { return place[a] < place[b]; });
      for (size_t i = 0; i < layer.size(); ++i) boxes[layer[i]].order = static_cast<double>(i);
    }
  }
  std::erase_if(layers, [](const auto& layer) { return layer.empty(); });
  return layers;
}

struct Extent {
  int width = 0;
  int height = 0;
};

Extent Place(std::vector<Box>& boxes, const std::vector<std::vector<size_t>>& layers) {
  Extent extent;
  std::vector<int> heights;
  for (const std::vector<size_t>& layer : layers) {
    int height = -kGapY;
    for (const size_t i : layer) height += boxes[i].height + kGapY;
    heights.push_back(height);
    extent.height = std::max(extent.height, height + 2 * kMargin);
  }
  for (size_t column = 0; column < layers.size(); ++column) {
    int y = (extent.height - heights[column]) / 2;
    for (const size_t i : layers[column]) {
      boxes[i].x = kMargin + static_cast<int>(column) * (kBoxWidth + kGapX);
      boxes[i].y = y;
      y += boxes[i].height + kGapY;
    }
  }
  extent.width = 2 * kMargin - kGapX + static_cast<int>(layers.size()) * (kBoxWidth + kGapX);
  return extent;
}

std::string DrawArrow(const Box& from, const Box& to) {
  const int x1 = from.x + kBoxWidth;
  const int y1 = from.y + from.height / 2;
  const int x2 = to.x - 2;
  const int y2 = to.y + to.height / 2;
  const int bend = std::max(kGapX / 2, (x2 - x1) / 2);
  return fmt::format(
      R"svg(<path class="edge" d="M{} {} C{} {} {} {} {} {}" marker-end="url(#arrow)"><title>{} depends on {}</title></path>)svg",
      x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2, XmlText(from.node->facts.name),
      XmlText(to.node->facts.name));
}

std::string DrawBox(const Box& box) {
  const bool failed =
      std::any_of(box.node->instances.begin(), box.node->instances.end(),
                  [](const InstanceStory& instance) { return !instance.failure.empty(); });
  std::string text;
  int y = box.y + kPadding + kLineHeight / 2 + 3;
  for (const Line& line : box.lines) {
    text += fmt::format(R"(<text class="{}" x="{}" y="{}">{}</text>)", line.style, box.x + kPadding,
                        y, XmlText(Shortened(line.text)));
    y += kLineHeight;
  }
  return fmt::format(
      R"(<g class="node{}"><rect x="{}" y="{}" width="{}" height="{}" rx="6"/>{}</g>)",
      failed ? " bad" : "", box.x, box.y, kBoxWidth, box.height, text);
}

std::string Description(const std::vector<NodeStory>& nodes) {
  std::vector<std::string> parts;
  for (const NodeStory& node : nodes) {
    parts.push_back(node.facts.depends_on.empty()
                        ? node.facts.name
                        : fmt::format("{} depends on {}", node.facts.name,
                                      Join(node.facts.depends_on, " and ")));
  }
  return Join(parts, "; ");
}

}  // namespace

std::string TopologySvg(const std::vector<NodeStory>& nodes) {
  std::vector<Box> boxes = MakeBoxes(nodes);
  ChooseLayers(boxes);
  const Extent extent = Place(boxes, Arrange(boxes));
  std::string drawing;
  for (const Box& box : boxes) {
    for (const size_t needed : box.needs) drawing += DrawArrow(box, boxes[needed]);
  }
  for (const Box& box : boxes) drawing += DrawBox(box);
  return fmt::format(
      R"(<svg class="topology" role="img" width="{0}" height="{1}" viewBox="0 0 {0} {1}" aria-label="{2}">{3}</svg>)",
      extent.width, extent.height, XmlAttribute(Description(nodes)), drawing);
}

}  // namespace ctestbed
