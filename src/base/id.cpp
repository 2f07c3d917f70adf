// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include <algorithm>
#include <vector>

#include <sys/random.h>

#include "base/assert.h"

namespace vedette {

std::string random_id(size_t bytes) {
  VEDETTE_ASSERT(bytes <= 256);
  std::vector<unsigned char> raw(bytes);
  VEDETTE_ASSERT(getrandom(raw.data(), raw.size(), 0) == static_cast<ssize_t>(raw.size()));
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : raw) {
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

Result<void> check_id(std::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (id.empty() || id.size() > 64 || id.front() == '-' ||
      !std::all_of(id.begin(), id.end(), allowed)) {
    return make_error(ErrorCode::kInvalidArgument,
                      "not an id: \"" + std::string(id.substr(0, 64)) +
                          "\"; use 1 to 64 of a-z, 0-9, _ and -, not starting with -");
  }
  return ok();
}

}  // namespace vedette
