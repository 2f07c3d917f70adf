// SPDX-License-Identifier: Apache-2.0
#include "base/url_secrets.h"

#include <algorithm>
#include <array>

namespace vedette {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

/// How long the value at the front of `text` is. An underscore may belong to a password; one that
/// begins "_channel=" parts it from the next field, as XMeye firmware writes its paths.
size_t value_size(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::string_view("&;/?#").find(text[i]) != std::string_view::npos) return i;
    if (text[i] != '_') continue;
    size_t end = i + 1;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end > i + 1 && end < text.size() && text[end] == '=') return i;
  }
  return text.size();
}

/// The letters before `end`, in lower case: the name of the field whose '=' stands there.
std::string name_before(std::string_view text, size_t begin, size_t end) {
  size_t first = end;
  while (first > begin && is_letter(text[first - 1])) --first;
  std::string name(text.substr(first, end - first));
  std::transform(name.begin(), name.end(), name.begin(), lower);
  return name;
}

void find_fields(std::string_view url, size_t begin, std::vector<UrlSecret>& found) {
  constexpr std::array<std::string_view, 5> kNames = {"pass", "passwd", "password", "psw", "pwd"};
  for (size_t i = url.find('=', begin); i != std::string_view::npos; i = url.find('=', i + 1)) {
    std::string name = name_before(url, begin, i);
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) continue;
    const size_t size = value_size(url.substr(i + 1));
    if (size == 0) continue;
    found.push_back({i + 1, size, std::move(name)});
    i += size;
  }
}

}  // namespace

std::vector<UrlSecret> url_secrets(std::string_view url) {
  std::vector<UrlSecret> found;
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    find_fields(url, 0, found);
    return found;
  }
  const size_t start = scheme + 3;
  const size_t path = std::min(url.find_first_of("/?#", start), url.size());
  // The last '@' of the authority: passwords may hold one themselves.
  const size_t at = url.substr(start, path - start).rfind('@');
  const size_t colon = url.substr(start, at).find(':');
  if (at != std::string_view::npos && colon != std::string_view::npos)
    found.push_back({start + colon + 1, at - colon - 1, {}});
  find_fields(url, path, found);
  return found;
}

std::string redact_url(std::string_view url) {
  std::string shown;
  size_t done = 0;
  for (const UrlSecret& secret : url_secrets(url)) {
    shown.append(url.substr(done, secret.offset - done)).append(kHiddenPassword);
    done = secret.offset + secret.size;
  }
  return shown.append(url.substr(done));
}

}  // namespace vedette
