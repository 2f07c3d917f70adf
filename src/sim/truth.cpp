// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "sim/scene.h"

namespace vedette::sim {

std::string Scene::truth_json() const {
  std::string json = fmt::format(
      "{{\n  \"scene\": \"{}\",\n  \"loop_s\": {:.1f},\n  \"objects\": [", place(), kLoopSeconds);
  const char* object_separator = "\n";
  for (const TruthObject& object : truth()) {
    json += fmt::format(
        "{}    {{\"class\": \"{}\", \"in_s\": {:.2f}, \"out_s\": {:.2f}, \"direction\": \"{}\", "
        "\"path\": [",
        object_separator, object.object_class, object.in_s, object.out_s, object.direction);
    const char* separator = "\n";
    for (const TruthPoint& p : object.path) {
      json += fmt::format("{}      {{\"at_s\": {:.2f}, \"box\": [{:.4f}, {:.4f}, {:.4f}, {:.4f}]}}",
                          separator, p.at_s, p.x0, p.y0, p.x1, p.y1);
      separator = ",\n";
    }
    json += "]}";
    object_separator = ",\n";
  }
  return json + "\n  ],\n  \"tolerance_s\": 0.3\n}\n";
}

}  // namespace vedette::sim
