// SPDX-License-Identifier: Apache-2.0
#include "store/volume_list.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace vedette::store {
namespace {

constexpr size_t kMaxPath = 1024;
constexpr std::string_view kNone = "-";

Error bad(std::string what) { return make_error(ErrorCode::kInvalidArgument, std::move(what)); }

const VolumeSpec* find(const std::vector<VolumeSpec>& all, const std::string& path) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.path == path; });
  return found == all.end() ? nullptr : &*found;
}

/// With the common quota where there is no own one; nothing said is the default volume.
std::vector<VolumeSpec> meant(const VolumeWords& words) {
  std::vector<VolumeSpec> all = words.volumes;
  if (all.empty()) all.push_back({kDefaultVolume, std::nullopt, std::nullopt});
  for (VolumeSpec& volume : all)
    if (!volume.quota_bytes) volume.quota_bytes = words.quota_bytes;
  return all;
}

std::string number(const std::optional<int64_t>& value) {
  return value ? std::to_string(*value) : std::string(kNone);
}

bool read_number(std::string_view text, std::optional<int64_t>& value) {
  value.reset();
  if (text == kNone) return true;
  int64_t read = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), read);
  if (code != std::errc() || end != text.data() + text.size() || read < 0) return false;
  value = read;
  return true;
}

/// Up to the next `mark`, which is taken off; nullopt when there is none.
std::optional<std::string_view> take(std::string_view& text, char mark) {
  const size_t end = text.find(mark);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end + 1);
  return part;
}

}  // namespace

Result<void> check_volume_path(const std::string& path) {
  if (path.empty() || path.size() > kMaxPath)
    return bad("a volume's path has 1 to 1024 bytes: /srv/disk1");
  const bool control = std::any_of(path.begin(), path.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) return bad("a volume's path has no control characters");
  std::string_view rest = path;
  if (rest.front() == '/') rest.remove_prefix(1);
  while (true) {
    const auto part = take(rest, '/');
    const std::string_view name = part.value_or(rest);
    if (name.empty() || name == "." || name == "..")
      return bad("write the path of a folder without // or .. or a / at its end: /srv/disk1");
    if (!part) return ok();
  }
}

Result<void> check_volume(const VolumeSpec& volume) {
  if (auto good = check_volume_path(volume.path); !good)
    return std::move(good).error().with_context("path");
  if (volume.quota_bytes && *volume.quota_bytes <= 0)
    return bad("a quota is above 0; leave it out to use the whole disk")
        .with_context("quota_bytes");
  if (volume.reserve_bytes && *volume.reserve_bytes < 0)
    return bad("a reserve is not below 0").with_context("reserve_bytes");
  return ok();
}

std::string to_text(const VolumeWords& words) {
  std::string text = number(words.quota_bytes) + "\n";
  for (const VolumeSpec& volume : words.volumes)
    text +=
        number(volume.quota_bytes) + " " + number(volume.reserve_bytes) + " " + volume.path + "\n";
  return text;
}

std::optional<VolumeWords> parse_words(const std::string& text) {
  VolumeWords words;
  std::string_view rest = text;
  const auto quota = take(rest, '\n');
  if (!quota || !read_number(*quota, words.quota_bytes)) return std::nullopt;
  while (!rest.empty()) {
    auto line = take(rest, '\n');
    if (!line) return std::nullopt;
    VolumeSpec volume;
    const auto own = take(*line, ' ');
    const auto reserve = take(*line, ' ');
    if (!own || !reserve || !read_number(*own, volume.quota_bytes) ||
        !read_number(*reserve, volume.reserve_bytes) || line->empty())
      return std::nullopt;
    volume.path = std::string(*line);
    words.volumes.push_back(std::move(volume));
  }
  return words;
}

std::vector<VolumeSpec> take_over(std::vector<VolumeSpec> configured,
                                  const std::optional<VolumeWords>& before,
                                  const VolumeWords& now) {
  if (configured.empty()) return meant(now);
  if (before && *before == now) return configured;
  const std::vector<VolumeSpec> then = before ? meant(*before) : std::vector<VolumeSpec>();
  if (now.volumes.empty()) {
    const bool other = now.quota_bytes && (!before || before->quota_bytes != now.quota_bytes);
    for (VolumeSpec& volume : configured)
      if (other) volume.quota_bytes = now.quota_bytes;
    return configured;
  }
  const std::vector<VolumeSpec> wanted = meant(now);
  std::erase_if(configured, [&](const VolumeSpec& volume) {
    return find(then, volume.path) != nullptr && find(wanted, volume.path) == nullptr;
  });
  for (const VolumeSpec& said : wanted) {
    const VolumeSpec* const old = find(then, said.path);
    const VolumeSpec was = old != nullptr ? *old : VolumeSpec{said.path, {}, {}};
    const auto known =
        std::find_if(configured.begin(), configured.end(),
                     [&](const VolumeSpec& volume) { return volume.path == said.path; });
    if (known == configured.end()) {
      // One that was said before and is not there was removed by a person.
      if (old == nullptr || was != said) configured.push_back(said);
      continue;
    }
    if (said.quota_bytes != was.quota_bytes) known->quota_bytes = said.quota_bytes;
    if (said.reserve_bytes != was.reserve_bytes) known->reserve_bytes = said.reserve_bytes;
  }
  return configured.empty() ? wanted : configured;
}

}  // namespace vedette::store
