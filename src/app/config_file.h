// SPDX-License-Identifier: Apache-2.0
// The configuration as a YAML file (docs/ref/config.md) and as the JSON of /api/v1/config, both
// ways. Pure. The reader checks the form: names, kinds, amounts, nothing twice; what the values
// mean is checked by the API, whose refusals name the same places.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.h"
#include "yaml/document.h"

namespace vedette::app {

struct ConfigFile {
  boost::json::object body;                   ///< for PUT /api/v1/config
  std::map<std::string, yaml::Place> places;  ///< "cameras[2].url" and where it stands
};

/// False with a mistake whose text begins with its place in the grammar.
[[nodiscard]] bool read_config_file(std::string_view text, ConfigFile& file,
                                    yaml::Mistake& mistake);

/// Where a field stands that the API names; the nearest thing around it when it is not written.
[[nodiscard]] yaml::Place place_of(const ConfigFile& file, std::string field);

/// The file of what GET /api/v1/config answers. The same configuration gives the same bytes.
[[nodiscard]] std::string write_config_file(const boost::json::object& body);

}  // namespace vedette::app
