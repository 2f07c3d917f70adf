// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/ed25519.h"
#include "tamper/bundle_model.h"

namespace vedette::tamper {
namespace {

using enum FaultClass;
using Found = std::optional<Edited>;

size_t pick(Chance& chance, size_t count) { return static_cast<size_t>(chance() % count); }

bool is_recording(std::string_view path) { return path.ends_with(".mp4"); }
bool is_ledger(std::string_view path) { return path.ends_with(".ledger"); }

std::vector<size_t> files_of(const Files& volume, bool (*kind)(std::string_view)) {
  std::vector<size_t> found;
  for (size_t i = 0; i < volume.size(); ++i) {
    if (kind(volume[i].first) && !volume[i].second.empty()) found.push_back(i);
  }
  return found;
}

Edited whole(Files files, std::vector<FaultClass> expected) {
  return {{}, std::move(files), std::move(expected)};
}

void flip(Bytes& bytes, Chance& chance) {
  const size_t bit = pick(chance, bytes.size() * 8);
  bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
}

/// One recording, edited as bytes.
template <typename Edit>
Found edit_bytes(const VolumeMaterial& from, Chance& chance, Edit&& edit) {
  Files files = *from.volume;
  const auto recordings = files_of(files, is_recording);
  const size_t chosen = recordings[pick(chance, recordings.size())];
  std::vector<FaultClass> expected = edit(files, chosen);
  return whole(std::move(files), std::move(expected));
}

/// One recording, edited as units.
template <typename Edit>
Found edit_units(const VolumeMaterial& from, Chance& chance, Edit&& edit) {
  Files files = *from.volume;
  const auto recordings = files_of(files, is_recording);
  Bytes& content = files[recordings[pick(chance, recordings.size())]].second;
  Original original = split(content);
  std::vector<FaultClass> expected = edit(original);
  if (expected.empty()) return std::nullopt;
  content = original.joined();
  return whole(std::move(files), std::move(expected));
}

Found flip_bit(const VolumeMaterial& from, Chance& chance) {
  return edit_bytes(from, chance, [&](Files& files, size_t chosen) -> std::vector<FaultClass> {
    flip(files[chosen].second, chance);
    // One in the index may make it speak of more than there is.
    return {kAltered, kSpliced, kWrongKey, kUnknownBytes, kTruncated};
  });
}

Found flip_ledger_bit(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  const auto ledgers = files_of(files, is_ledger);
  flip(files[ledgers[pick(chance, ledgers.size())]].second, chance);
  // One in a sequence makes others seem to be missing.
  return whole(std::move(files), {kAltered, kSpliced, kWrongKey, kUnknownBytes, kRemoved});
}

Found cut_off(const VolumeMaterial& from, Chance& chance) {
  return edit_bytes(from, chance, [&](Files& files, size_t chosen) -> std::vector<FaultClass> {
    Bytes& content = files[chosen].second;
    content.resize(pick(chance, content.size()));
    return {kTruncated};
  });
}

Found lengthen(const VolumeMaterial& from, Chance& chance) {
  return edit_bytes(from, chance, [&](Files& files, size_t chosen) -> std::vector<FaultClass> {
    const size_t count = 1 + pick(chance, 300);
    for (size_t i = 0; i < count; ++i) {
      files[chosen].second.push_back(static_cast<uint8_t>(chance()));
    }
    return {kUnknownBytes};
  });
}

Found remove_file(const VolumeMaterial& from, Chance& chance) {
  return edit_bytes(from, chance, [&](Files& files, size_t chosen) -> std::vector<FaultClass> {
    files.erase(files.begin() + static_cast<ptrdiff_t>(chosen));
    return {kRemoved};
  });
}

Found copy_file(const VolumeMaterial& from, Chance& chance) {
  return edit_bytes(from, chance, [&](Files& files, size_t chosen) -> std::vector<FaultClass> {
    const auto [path, content] = files[chosen];
    files.emplace_back(path.substr(0, path.size() - 4) + "-copy.mp4", content);
    return {kDuplicated};
  });
}

Found foreign_file(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  const auto donors = files_of(*from.other, is_recording);
  auto donor = (*from.other)[donors[pick(chance, donors.size())]];
  files.emplace_back("gate/" + donor.first.substr(donor.first.rfind('/') + 1), donor.second);
  return whole(std::move(files), {kWrongKey});
}

/// Two recordings, of one camera or of two, have each other's name.
Found swap_files(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  const auto recordings = files_of(files, is_recording);
  const size_t one = pick(chance, recordings.size());
  const size_t other = (one + 1 + pick(chance, recordings.size() - 1)) % recordings.size();
  std::swap(files[recordings[one]].second, files[recordings[other]].second);
  return whole(std::move(files), {kReordered});
}

/// One that lies in the place of another, and not in its own.
Found put_in_the_place_of_another(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  const auto recordings = files_of(files, is_recording);
  const size_t one = pick(chance, recordings.size());
  const size_t other = (one + 1 + pick(chance, recordings.size() - 1)) % recordings.size();
  files[recordings[other]].second = std::move(files[recordings[one]].second);
  files.erase(files.begin() + static_cast<ptrdiff_t>(recordings[one]));
  return whole(std::move(files), {kRemoved});
}

Found remove_fragment(const VolumeMaterial& from, Chance& chance) {
  return edit_units(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    original.units.erase(original.units.begin() +
                         static_cast<ptrdiff_t>(fragments[pick(chance, fragments.size())]));
    return {kRemoved};
  });
}

Found swap_fragments(const VolumeMaterial& from, Chance& chance) {
  return edit_units(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    if (fragments.size() < 2) return {};
    const size_t one = pick(chance, fragments.size() - 1);
    std::swap(original.units[fragments[one]], original.units[fragments[one + 1]]);
    return {kReordered};
  });
}

Found repeat_fragment(const VolumeMaterial& from, Chance& chance) {
  return edit_units(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    const size_t chosen = fragments[pick(chance, fragments.size())];
    const Unit copy = original.units[chosen];
    original.units.insert(original.units.begin() + static_cast<ptrdiff_t>(chosen), copy);
    return {kDuplicated};
  });
}

Found splice_fragment(const VolumeMaterial& from, Chance& chance) {
  const auto donors = files_of(*from.other, is_recording);
  const Original other = split((*from.other)[donors[pick(chance, donors.size())]].second);
  return edit_units(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    const auto theirs = other.of_kind(Unit::Kind::kFragment);
    if (fragments.size() < 2 || theirs.empty()) return {};
    original.units[fragments[1 + pick(chance, fragments.size() - 1)]] =
        other.units[theirs[pick(chance, theirs.size())]];
    return {kSpliced};
  });
}

Found strip_checkpoints(const VolumeMaterial& from, Chance& chance) {
  return edit_units(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    std::erase_if(original.units,
                  [](const Unit& unit) { return unit.kind == Unit::Kind::kCheckpoint; });
    return {kTruncated};
  });
}

/// The boxes of the only ledger file of a small archive, edited.
template <typename Edit>
Found edit_ledger(const VolumeMaterial& from, Edit&& edit) {
  Files files = *from.volume;
  Bytes& content = files[files_of(files, is_ledger).front()].second;
  std::vector<Bytes> boxes;
  for (size_t at = 0; at < content.size();) {
    const auto box = evidence::box_at(content, at);
    if (!box) return std::nullopt;
    boxes.emplace_back(box->begin(), box->end());
    at += box->size();
  }
  std::vector<FaultClass> expected = edit(boxes);
  content.clear();
  for (const Bytes& box : boxes) content.insert(content.end(), box.begin(), box.end());
  return whole(std::move(files), std::move(expected));
}

Found remove_entry(const VolumeMaterial& from, Chance& chance) {
  return edit_ledger(from, [&](std::vector<Bytes>& boxes) -> std::vector<FaultClass> {
    boxes.erase(boxes.begin() + static_cast<ptrdiff_t>(pick(chance, boxes.size() - 1)));
    return {kRemoved};
  });
}

Found swap_entries(const VolumeMaterial& from, Chance& chance) {
  return edit_ledger(from, [&](std::vector<Bytes>& boxes) -> std::vector<FaultClass> {
    const size_t one = pick(chance, boxes.size() - 1);
    const auto is_entry = [&](size_t i) {
      return evidence::kind_of(boxes[i]) != evidence::kKindCheckpoint;
    };
    const bool entries = is_entry(one) && is_entry(one + 1);
    std::swap(boxes[one], boxes[one + 1]);
    // A checkpoint in another place covers other entries than are before it.
    if (entries) return {kReordered};
    return {kRemoved, kAltered};
  });
}

Found cut_ledger(const VolumeMaterial& from, Chance& chance) {
  return edit_ledger(from, [&](std::vector<Bytes>& boxes) -> std::vector<FaultClass> {
    boxes.resize(1 + pick(chance, boxes.size() / 2));
    return {kRolledBack};
  });
}

Found tear_ledger(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  Bytes& content = files[files_of(files, is_ledger).back()].second;
  size_t last = 0;
  for (size_t at = 0; at < content.size(); at += evidence::box_at(content, at)->size()) last = at;
  content.resize(last + pick(chance, content.size() - last));
  return whole(std::move(files), {kTruncated});
}

Found flip_ledger_end(const VolumeMaterial& from, Chance& chance) {
  Files files = *from.volume;
  Bytes& content = files[files_of(files, is_ledger).back()].second;
  size_t last = 0;
  for (size_t at = 0; at < content.size(); at += evidence::box_at(content, at)->size()) last = at;
  const size_t bit = pick(chance, (content.size() - last) * 8);
  content[last + bit / 8] ^= static_cast<uint8_t>(1U << bit % 8);
  return whole(std::move(files), {kAltered, kSpliced, kUnknownBytes});
}

Found roll_back_ledger(const VolumeMaterial& from, Chance&) {
  Files files = *from.volume;
  std::erase_if(files, [](const auto& file) { return is_ledger(file.first); });
  for (const auto& file : *from.older) {
    if (is_ledger(file.first)) files.push_back(file);
  }
  return whole(std::move(files), {kRolledBack});
}

Found sign_everything(const VolumeMaterial& from, Chance& chance) {
  evidence::Seed seed{};
  for (uint8_t& byte : seed) byte = static_cast<uint8_t>(chance());
  const evidence::Ed25519Signer signer(seed);
  Files files = *from.volume;
  for (auto& [path, content] : files) {
    if (is_ledger(path)) content = seal_ledger_again(content, signer);
    if (!is_recording(path)) continue;
    Original original = split(content);
    seal_again(original, signer);
    content = original.joined();
  }
  return whole(std::move(files), {kWrongKey});
}

}  // namespace

const std::vector<VolumeEdit>& volume_edits() {
  static const std::vector<VolumeEdit> edits = {
      {"volume: flip a bit", flip_bit},
      {"volume: flip a bit of the ledger", flip_ledger_bit},
      {"volume: cut a file off", cut_off},
      {"volume: lengthen a file", lengthen},
      {"volume: remove a file", remove_file},
      {"volume: copy a file", copy_file},
      {"volume: add a foreign file", foreign_file},
      {"volume: swap the names of two files", swap_files},
      {"volume: put a file in the place of another", put_in_the_place_of_another},
      {"volume: remove a fragment", remove_fragment},
      {"volume: swap fragments", swap_fragments},
      {"volume: repeat a fragment", repeat_fragment},
      {"volume: splice a fragment", splice_fragment},
      {"volume: strip checkpoints", strip_checkpoints},
      {"volume: remove an entry", remove_entry},
      {"volume: swap entries", swap_entries},
      {"volume: cut the ledger off", cut_ledger},
      {"volume: tear the last box of the ledger", tear_ledger},
      {"volume: flip a bit of the ledger's last box", flip_ledger_end},
      {"volume: roll the ledger back", roll_back_ledger},
      {"volume: sign everything again", sign_everything}};
  return edits;
}

}  // namespace vedette::tamper
