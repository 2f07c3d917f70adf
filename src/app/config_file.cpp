// SPDX-License-Identifier: Apache-2.0
#include "app/config_file.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "app/retention_text.h"
#include "store/schedule.h"

namespace vedette::app {
namespace {

namespace json = boost::json;
using yaml::Kind;
using yaml::Node;

constexpr std::string_view kVersion = "1";

/// Walks the tree; every step returns false once a mistake is noted.
class Reader {
 public:
  Reader(ConfigFile& file, yaml::Mistake& mistake) : file_(file), mistake_(mistake) {}

  bool read(const Node& root) {
    if (!mapping(root, "", {"version", "cameras", "layouts", "volumes"})) return false;
    const Node* version = find(root, "version");
    if (version == nullptr) return wrong(root, "", "version is missing; write version: 1");
    if (version->kind != Kind::kText || version->text != kVersion)
      return wrong(*version, "version", "this program reads version: 1");
    if (!list(root, "cameras", &Reader::camera) || !list(root, "layouts", &Reader::layout))
      return false;
    // A file without it says nothing about volumes: they stay as they are.
    return find(root, "volumes") == nullptr || list(root, "volumes", &Reader::volume);
  }

 private:
  using Step = bool (Reader::*)(const Node&, const std::string&, json::object&);

  bool wrong(const Node& node, const std::string& where, const std::string& what) {
    mistake_ = {node.place, where.empty() ? what : where + ": " + what};
    return false;
  }

  static const Node* find(const Node& node, std::string_view key) {
    for (const Node::Entry& entry : node.entries) {
      if (entry.key == key) return &entry.value;
    }
    return nullptr;
  }

  /// A mapping of these keys, none of them twice; notes where each value stands.
  bool mapping(const Node& node, const std::string& where,
               const std::vector<std::string_view>& keys) {
    std::string known;
    for (const std::string_view key : keys) known += (known.empty() ? "" : ", ") + std::string(key);
    if (node.kind != Kind::kMapping) {
      return wrong(node, where,
                   "this must be a mapping of " + known + ", not " +
                       std::string(yaml::to_string(node.kind)));
    }
    std::set<std::string_view> seen;
    for (const Node::Entry& entry : node.entries) {
      const std::string path = where.empty() ? entry.key : where + "." + entry.key;
      Node key;
      key.place = entry.place;
      if (std::find(keys.begin(), keys.end(), entry.key) == keys.end())
        return wrong(key, where, "there is no \"" + entry.key + "\" here; there may be " + known);
      if (!seen.insert(entry.key).second)
        return wrong(key, path, "this stands twice; leave one of them out");
      file_.places[path] = entry.value.place;
    }
    return true;
  }

  bool list(const Node& root, const std::string& name, Step step) {
    json::array& out = file_.body[name].emplace_array();
    const Node* node = find(root, name);
    if (node == nullptr) return wrong(root, "", name + " is missing; an empty list is []");
    return items(*node, name, step, out);
  }

  bool items(const Node& node, const std::string& where, Step step, json::array& out) {
    if (node.kind != Kind::kList) {
      return wrong(node, where,
                   "this must be a list, not " + std::string(yaml::to_string(node.kind)) +
                       "; an empty one is []");
    }
    for (const Node& item : node.items) {
      const std::string path = where + "[" + std::to_string(out.size()) + "]";
      file_.places[path] = item.place;
      json::object one;
      if (!(this->*step)(item, path, one)) return false;
      out.push_back(std::move(one));
    }
    return true;
  }

  /// Copies a text; absent is left out, which the API refuses where it must not be.
  bool text(const Node& node, const std::string& where, const char* key, json::object& out) {
    const Node* value = find(node, key);
    if (value == nullptr) return true;
    if (value->kind != Kind::kText) {
      return wrong(*value, where + "." + key,
                   "this must be text, not " + std::string(yaml::to_string(value->kind)));
    }
    out[key] = value->text;
    return true;
  }

  bool camera(const Node& node, const std::string& where, json::object& out) {
    if (!mapping(node, where,
                 {"id", "name", "url", "sub_url", "transport", "keep_at_most", "keep_at_least",
                  "record", "schedule"}))
      return false;
    for (const char* key : {"id", "name", "url", "sub_url", "transport"}) {
      if (!text(node, where, key, out)) return false;
    }
    json::object retention;
    if (!keep(node, where, {"keep_at_most", "max"}, retention)) return false;
    if (!keep(node, where, {"keep_at_least", "min"}, retention)) return false;
    if (!least_below_most(node, where, retention)) return false;
    out["retention"] = std::move(retention);
    return record(node, where, out) && schedule(node, where, out);
  }

  bool record(const Node& node, const std::string& where, json::object& out) {
    const Node* value = find(node, "record");
    if (value == nullptr) return true;
    if (value->text != "true" && value->text != "false")
      return wrong(*value, where + ".record", "write true or false");
    out["record"] = value->text == "true";
    return true;
  }

  bool schedule(const Node& node, const std::string& where, json::object& out) {
    const Node* value = find(node, "schedule");
    if (value == nullptr) return true;
    const std::string path = where + ".schedule";
    if (value->kind != Kind::kList || value->items.empty())
      return wrong(*value, path, "write a list like [\"mon-fri 08:00-18:00\"]");
    json::array& lines = out["schedule"].emplace_array();
    for (const Node& item : value->items) {
      const std::string place = path + "[" + std::to_string(lines.size()) + "]";
      if (item.kind != Kind::kText)
        return wrong(item, place, "write days and hours like mon-fri 08:00-18:00");
      const auto hours = store::parse_schedule_line(item.text);
      if (!hours) return wrong(item, place, hours.error().what);
      lines.emplace_back(store::to_string(*hours));
    }
    return true;
  }

  struct KeepWords {
    std::string key;
    std::string prefix;
  };
  bool keep(const Node& node, const std::string& where, const KeepWords& words,
            json::object& retention) {
    const Node* value = find(node, words.key);
    if (value == nullptr) return true;
    const std::string path = where + "." + words.key;
    if (!mapping(*value, path, {"time", "size"})) return false;
    for (const Node::Entry& entry : value->entries) {
      const bool time = entry.key == "time";
      const std::string place = path + "." + entry.key;
      if (entry.value.kind != Kind::kText)
        return wrong(entry.value, place, time ? "write 14d or 36h" : "write 500GB or 1.5TB");
      const auto amount = time ? parse_duration(entry.value.text) : parse_size(entry.value.text);
      if (!amount) return wrong(entry.value, place, amount.error().what);
      const std::string field = words.prefix + (time ? "_age_us" : "_bytes");
      retention[field] = *amount;
      file_.places[where + ".retention." + field] = entry.value.place;
    }
    return true;
  }

  /// The API says the same of its own names.
  bool least_below_most(const Node& node, const std::string& where, const json::object& retention) {
    for (const auto& [key, field] : {std::pair{"time", "_age_us"}, std::pair{"size", "_bytes"}}) {
      const json::value* least = retention.if_contains(std::string("min") + field);
      const json::value* most = retention.if_contains(std::string("max") + field);
      if (least == nullptr || most == nullptr || least->as_int64() <= most->as_int64()) continue;
      return wrong(*find(*find(node, "keep_at_least"), key), where + ".keep_at_least." + key,
                   "this must not be more than keep_at_most." + std::string(key));
    }
    return true;
  }

  bool layout(const Node& node, const std::string& where, json::object& out) {
    if (!mapping(node, where, {"id", "name", "grid", "tiles"})) return false;
    for (const char* key : {"id", "name", "grid"}) {
      if (!text(node, where, key, out)) return false;
    }
    json::array& tiles = out["tiles"].emplace_array();
    const Node* value = find(node, "tiles");
    return value == nullptr || items(*value, where + ".tiles", &Reader::tile, tiles);
  }

  bool tile(const Node& node, const std::string& where, json::object& out) {
    if (!mapping(node, where, {"camera", "size"})) return false;
    if (!text(node, where, "camera", out)) return false;
    const Node* size = find(node, "size");
    if (size == nullptr) return true;
    if (size->text.size() != 1 || size->text[0] < '1' || size->text[0] > '4')
      return wrong(*size, where + ".size", "a tile's size is 1, 2, 3 or 4");
    out["size"] = size->text[0] - '0';
    return true;
  }

  bool volume(const Node& node, const std::string& where, json::object& out) {
    if (!mapping(node, where, {"path", "quota", "reserve"})) return false;
    return text(node, where, "path", out) && limit(node, where, "quota", out) &&
           limit(node, where, "reserve", out);
  }

  bool limit(const Node& node, const std::string& where, const std::string& key,
             json::object& out) {
    const Node* value = find(node, key);
    if (value == nullptr) return true;
    const std::string place = where + "." + key;
    if (value->kind != Kind::kText) return wrong(*value, place, "write 500GB or 1.5TB");
    const auto bytes = key == "reserve" ? parse_reserve(value->text) : parse_size(value->text);
    if (!bytes) return wrong(*value, place, bytes.error().what);
    out[key + "_bytes"] = *bytes;
    file_.places[place + "_bytes"] = value->place;
    return true;
  }

  ConfigFile& file_;
  yaml::Mistake& mistake_;
};

std::string quoted(const json::value& text) { return json::serialize(text); }

void write_keep(const json::object& keep, const char* key, const std::string& prefix,
                std::string& out) {
  std::string inside;
  const json::value& time = keep.at(prefix + "_age_us");
  const json::value& size = keep.at(prefix + "_bytes");
  if (!time.is_null()) inside = "time: " + duration_text(time.as_int64());
  if (!size.is_null())
    inside += (inside.empty() ? "" : ", ") + ("size: " + size_text(size.as_int64()));
  if (!inside.empty()) out += "    " + std::string(key) + ": {" + inside + "}\n";
}

void write_camera(const json::object& camera, std::string& out) {
  out += "  - id: " + quoted(camera.at("id")) + "\n";
  out += "    name: " + quoted(camera.at("name")) + "\n";
  out += "    url: " + quoted(camera.at("url")) + "\n";
  if (!camera.at("sub_url").is_null()) out += "    sub_url: " + quoted(camera.at("sub_url")) + "\n";
  out += "    transport: " + std::string(camera.at("transport").as_string()) + "\n";
  const json::object& keep = camera.at("retention").as_object();
  write_keep(keep, "keep_at_most", "max", out);
  write_keep(keep, "keep_at_least", "min", out);
  if (!camera.at("record").as_bool()) out += "    record: false\n";
  if (!camera.at("schedule").is_null())
    out += "    schedule: " + json::serialize(camera.at("schedule")) + "\n";
}

void write_layout(const json::object& layout, std::string& out) {
  out += "  - id: " + quoted(layout.at("id")) + "\n";
  out += "    name: " + quoted(layout.at("name")) + "\n";
  out += "    grid: " + std::string(layout.at("grid").as_string()) + "\n";
  const json::array& tiles = layout.at("tiles").as_array();
  out += tiles.empty() ? "    tiles: []\n" : "    tiles:\n";
  for (const json::value& tile : tiles) {
    out += "      - {camera: " + quoted(tile.at("camera")) +
           ", size: " + std::to_string(tile.at("size").as_int64()) + "}\n";
  }
}

void write_volume(const json::object& volume, std::string& out) {
  out += "  - path: " + quoted(volume.at("path")) + "\n";
  for (const char* key : {"quota", "reserve"}) {
    const json::value& bytes = volume.at(std::string(key) + "_bytes");
    if (!bytes.is_null())
      out += "    " + std::string(key) + ": " + size_text(bytes.as_int64()) + "\n";
  }
}

template <typename Write>
void write_list(const json::object& body, const std::string& name, Write write, std::string& out) {
  const json::array& list = body.at(name).as_array();
  out += "\n" + name + (list.empty() ? ": []\n" : ":\n");
  for (const json::value& one : list) write(one.as_object(), out);
}

}  // namespace

bool read_config_file(std::string_view text, ConfigFile& file, yaml::Mistake& mistake) {
  Node root;
  if (!yaml::parse(text, root, mistake)) return false;
  return Reader(file, mistake).read(root);
}

yaml::Place place_of(const ConfigFile& file, std::string field) {
  while (true) {
    const auto found = file.places.find(field);
    if (found != file.places.end()) return found->second;
    const size_t end = field.find_last_of(".[");
    if (end == std::string::npos) return {};
    field.resize(end);
  }
}

std::string write_config_file(const json::object& body) {
  std::string out =
      "# The configuration of a Vedette site. Change it and give it back:\n"
      "#   vedette config apply --data DIR FILE.yaml\n"
      "version: 1\n";
  write_list(body, "cameras", write_camera, out);
  write_list(body, "layouts", write_layout, out);
  // A site that has never been served records nowhere yet, and says nothing about it.
  if (!body.at("volumes").as_array().empty()) write_list(body, "volumes", write_volume, out);
  return out;
}

}  // namespace vedette::app
