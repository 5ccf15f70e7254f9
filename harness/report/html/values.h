// Values for the page's template. Every text goes through here, so that none carries control
// characters; the template escapes what is HTML.
#pragma once

#include <initializer_list>
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/duration.h"

namespace ctestbed {

using Values = kainjow::mustache::data;

// Foreign text to show: colours of terminals taken out, other control characters visible.
std::string Shown(std::string_view text);
// The same as a value. An empty one is false, so that {{#name}} leaves its section out.
Values Text(std::string_view text);
// Markup of our own, for {{{name}}}.
Values Markup(const std::string& markup);
Values Time(Duration duration);
Values MakeValues(std::initializer_list<std::pair<const char*, Values>> members);

// One element per item, by `make`.
template <typename Items, typename Make>
Values ListOf(const Items& items, Make make) {
  Values list{Values::type::list};
  for (const auto& item : items) list.push_back(make(item));
  return list;
}

// "./logs/main.1/stderr.log": a path below the page's directory as a link that leads nowhere else.
std::string LinkTo(std::string_view path);

}  // namespace ctestbed
