// SPDX-License-Identifier: Apache-2.0
#include "api/fields.h"

namespace vedette::api {
namespace {

namespace json = boost::json;

/// Null when there is nothing to be read.
const json::value* member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains({name.data(), name.size()});
  return value == nullptr || value->is_null() ? nullptr : value;
}

}  // namespace

Result<std::string> text_of(const json::value& value, std::string_view name) {
  if (!value.is_string()) return bad(std::string(name) + " must be text");
  return std::string(value.get_string().data(), value.get_string().size());
}

Result<bool> flag_of(const json::value& value, std::string_view name) {
  if (!value.is_bool()) return bad(std::string(name) + " is true or false");
  return value.get_bool();
}

Result<std::string> text_field(const json::object& object, std::string_view name,
                               std::string otherwise) {
  const json::value* value = member(object, name);
  return value == nullptr ? Result<std::string>(std::move(otherwise)) : text_of(*value, name);
}

Result<bool> flag_field(const json::object& object, std::string_view name, bool otherwise) {
  const json::value* value = member(object, name);
  return value == nullptr ? Result<bool>(otherwise) : flag_of(*value, name);
}

}  // namespace vedette::api
