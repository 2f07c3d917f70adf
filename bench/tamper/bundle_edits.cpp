// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "evidence/ed25519.h"
#include "tamper/bundle_model.h"

namespace vedette::tamper {
namespace {

using enum FaultClass;
using Found = std::optional<Edited>;

size_t pick(Chance& chance, size_t count) { return static_cast<size_t>(chance() % count); }

void flip(Bytes& bytes, Chance& chance) {
  const size_t bit = pick(chance, bytes.size() * 8);
  bytes[bit / 8] = static_cast<uint8_t>(bytes[bit / 8] ^ 1U << bit % 8);
}

Edited whole(Bytes bytes, std::vector<FaultClass> expected) {
  return {std::move(bytes), {}, std::move(expected)};
}

// As somebody does who knows nothing of the formats.

Found flip_bit(const Material& from, Chance& chance) {
  Bytes bytes = *from.bundle;
  flip(bytes, chance);
  return whole(std::move(bytes), {kAltered, kTruncated, kUnknownBytes});
}

Found cut_off(const Material& from, Chance& chance) {
  Bytes bytes = *from.bundle;
  bytes.resize(pick(chance, bytes.size()));
  return whole(std::move(bytes), {kTruncated});
}

Found lengthen(const Material& from, Chance& chance) {
  Bytes bytes = *from.bundle;
  const size_t count = 1 + pick(chance, 300);
  for (size_t i = 0; i < count; ++i) bytes.push_back(static_cast<uint8_t>(chance()));
  return whole(std::move(bytes), {kUnknownBytes});
}

// With another ZIP program that writes the same frame.

Found flip_in_entry(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  Bytes& content = entries[pick(chance, entries.size())].second;
  if (content.empty()) return std::nullopt;
  flip(content, chance);
  return whole(put_together(entries), {kAltered});
}

Found remove_entry(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  entries.erase(entries.begin() + static_cast<ptrdiff_t>(pick(chance, entries.size() - 1)));
  return whole(put_together(entries), {kRemoved});
}

Found swap_entries(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  const size_t listed = entries.size() - 2;
  const size_t one = pick(chance, listed - 1);
  std::swap(entries[one], entries[one + 1]);
  return whole(put_together(entries), {kReordered});
}

Found add_entry(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  entries.insert(entries.begin() + static_cast<ptrdiff_t>(pick(chance, entries.size() + 1)),
                 {"original-9999.bin", Bytes(1 + pick(chance, 100))});
  return whole(put_together(entries), {kUnknownBytes});
}

// By somebody who can have the result signed by the site itself.

/// An original with units to edit, put back after `edit` has said what must be found.
template <typename Edit>
Found edit_original(const Material& from, Chance& chance, Edit&& edit) {
  Files entries = take_apart(*from.bundle);
  const std::vector<size_t> originals = originals_of(entries);
  Bytes& content = entries[originals[pick(chance, originals.size())]].second;
  Original original = split(content);
  // What no checkpoint has signed yet, only the manifest vouches for.
  const auto checkpoints = original.of_kind(Unit::Kind::kCheckpoint);
  if (checkpoints.empty()) return std::nullopt;
  const auto signed_end = original.units.begin() + static_cast<ptrdiff_t>(checkpoints.back() + 1);
  const std::vector<Unit> tail(signed_end, original.units.end());
  original.units.erase(signed_end, original.units.end());
  std::vector<FaultClass> expected = edit(original);
  if (expected.empty()) return std::nullopt;
  original.units.insert(original.units.end(), tail.begin(), tail.end());
  content = original.joined();
  sign_again(entries, *from.site);
  return whole(put_together(entries), std::move(expected));
}

Found flip_in_original(const Material& from, Chance& chance) {
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    flip(original.units[pick(chance, original.units.size())].bytes, chance);
    return {kAltered, kSpliced, kWrongKey, kRemoved, kUnknownBytes, kTruncated};
  });
}

/// Up to the last checkpoint: behind it only the manifest vouches.
Found flip_in_ledger(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  Bytes* ledger = find(entries, "ledger-0001.bin");
  if (ledger == nullptr) return std::nullopt;
  const size_t end = signed_end(*ledger);
  if (end == 0) return std::nullopt;
  const size_t bit = pick(chance, end * 8);
  (*ledger)[bit / 8] = static_cast<uint8_t>((*ledger)[bit / 8] ^ 1U << bit % 8);
  sign_again(entries, *from.site);
  return whole(put_together(entries), {kAltered, kSpliced, kWrongKey, kRemoved, kUnknownBytes});
}

/// A picture in the middle that nobody should see: its hash stands for it, as an export itself does
/// at both ends, and the video is made to fit.
Found omit_fragment(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  const std::vector<size_t> originals = originals_of(entries);
  const size_t chosen = pick(chance, originals.size());
  size_t before = 0;
  for (size_t i = 0; i < chosen; ++i) {
    before += split(entries[originals[i]].second).of_kind(Unit::Kind::kFragment).size();
  }
  Original original = split(entries[originals[chosen]].second);
  const auto fragments = original.of_kind(Unit::Kind::kFragment);
  const auto checkpoints = original.of_kind(Unit::Kind::kCheckpoint);
  if (fragments.size() < 3 || checkpoints.empty()) return std::nullopt;
  const size_t hidden = 1 + pick(chance, fragments.size() - 2);
  if (fragments[hidden] > checkpoints.back()) return std::nullopt;
  Unit& unit = original.units[fragments[hidden]];
  unit = {Unit::Kind::kOmitted, omitted_for(unit.bytes)};
  entries[originals[chosen]].second = original.joined();
  Bytes* video = find(entries, "video.mp4");
  if (video == nullptr) return std::nullopt;
  *video = without_fragment(*video, before + hidden);
  sign_again(entries, *from.site);
  return whole(put_together(entries), {kRemoved});
}

Found strip_checkpoints(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  const std::vector<size_t> originals = originals_of(entries);
  Bytes& content = entries[originals[pick(chance, originals.size())]].second;
  Original original = split(content);
  std::erase_if(original.units,
                [](const Unit& unit) { return unit.kind != Unit::Kind::kFragment; });
  // Ten seconds, ten fragments here, may wait for a checkpoint while a file grows.
  if (original.units.size() <= 10) return std::nullopt;
  content = original.joined();
  sign_again(entries, *from.site);
  return whole(put_together(entries), {kUnsigned});
}

Found remove_fragment(const Material& from, Chance& chance) {
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    if (fragments.empty()) return {};
    const size_t chosen = fragments[pick(chance, fragments.size())];
    original.units.erase(original.units.begin() + static_cast<ptrdiff_t>(chosen));
    return {kRemoved};
  });
}

Found remove_checkpoint(const Material& from, Chance& chance) {
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto checkpoints = original.of_kind(Unit::Kind::kCheckpoint);
    if (checkpoints.size() < 2) return {};
    const size_t chosen = checkpoints[pick(chance, checkpoints.size() - 1)];
    original.units.erase(original.units.begin() + static_cast<ptrdiff_t>(chosen));
    return {kRemoved};
  });
}

Found swap_fragments(const Material& from, Chance& chance) {
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    if (fragments.size() < 2) return {};
    const size_t one = pick(chance, fragments.size() - 1);
    const size_t two = one + 1 + pick(chance, fragments.size() - one - 1);
    std::swap(original.units[fragments[one]], original.units[fragments[two]]);
    return {kReordered};
  });
}

Found repeat_fragment(const Material& from, Chance& chance) {
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    if (fragments.empty()) return {};
    const Unit copy = original.units[fragments[pick(chance, fragments.size())]];
    const size_t place = fragments[pick(chance, fragments.size())];
    original.units.insert(original.units.begin() + static_cast<ptrdiff_t>(place), copy);
    return {kDuplicated};
  });
}

Found splice_fragment(const Material& from, Chance& chance) {
  Files others = take_apart(*from.other);
  const Original other = split(others[originals_of(others).front()].second);
  const auto donors = other.of_kind(Unit::Kind::kFragment);
  return edit_original(from, chance, [&](Original& original) -> std::vector<FaultClass> {
    const auto fragments = original.of_kind(Unit::Kind::kFragment);
    if (fragments.empty()) return {};
    const auto place = static_cast<ptrdiff_t>(fragments[pick(chance, fragments.size())]);
    const Unit& donor = other.units[donors[pick(chance, donors.size())]];
    if (chance() % 2 == 0) {
      original.units.insert(original.units.begin() + place, donor);
    } else {
      original.units[static_cast<size_t>(place)] = donor;
    }
    return {kSpliced};
  });
}

Found splice_original(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  Files others = take_apart(*from.other);
  const auto originals = originals_of(entries);
  entries[originals[pick(chance, originals.size())]].second =
      others[originals_of(others).front()].second;
  sign_again(entries, *from.site);
  return whole(put_together(entries), {kSpliced});
}

Found cut_original(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  const auto originals = originals_of(entries);
  Bytes& content = entries[originals[pick(chance, originals.size())]].second;
  const Original original = split(content);
  content.resize(content.size() - 1 - pick(chance, content.size() / 2));
  size_t end = original.head.size();
  size_t whole_units = 0;
  for (; whole_units < original.units.size(); ++whole_units) {
    if (end + original.units[whole_units].bytes.size() > content.size()) break;
    end += original.units[whole_units].bytes.size();
  }
  // Between two units nothing is torn: the video shows more then, or hashes lack their checkpoint.
  const bool torn = end != content.size();
  const auto fragments = original.of_kind(Unit::Kind::kFragment);
  const bool all_shown = fragments.back() < whole_units;
  const bool omits = all_shown && whole_units > fragments.back() + 1;
  // Cut just before its last checkpoint it is what an export of a growing file is.
  if (!torn && all_shown && !omits) return std::nullopt;
  sign_again(entries, *from.site);
  return whole(put_together(entries), {torn ? kTruncated : omits ? kRemoved : kAltered});
}

Found swap_originals(const Material& from, Chance& chance) {
  Files entries = take_apart(*from.bundle);
  const auto originals = originals_of(entries);
  if (originals.size() < 2) return std::nullopt;
  const size_t one = pick(chance, originals.size() - 1);
  // Nothing but the video says which of two runs came first: they may overlap, clocks may step.
  const bool same_run =
      run_of(entries[originals[one]].second) == run_of(entries[originals[one + 1]].second);
  std::swap(entries[originals[one]].second, entries[originals[one + 1]].second);
  sign_again(entries, *from.site);
  return whole(put_together(entries), {same_run ? kReordered : kAltered});
}

Found replace_video(const Material& from, Chance&) {
  Files entries = take_apart(*from.bundle);
  Files others = take_apart(*from.other);
  *find(entries, "video.mp4") = *find(others, "video.mp4");
  sign_again(entries, *from.site);
  return whole(put_together(entries), {kAltered});
}

Found roll_back(const Material& from, Chance&) {
  if (from.older == nullptr || *from.older == *from.bundle) return std::nullopt;
  Files entries = take_apart(*from.bundle);
  Files older = take_apart(*from.older);
  bool changed = false;
  for (auto& [name, content] : entries) {
    const Bytes* before = find(older, name);
    if (name.starts_with("manifest") || name == "report.txt" || before == nullptr) continue;
    changed = changed || content != *before;
    content = *before;
  }
  if (!changed) return std::nullopt;
  return whole(put_together(entries), {kAltered});
}

// With a key of their own.

evidence::Ed25519Signer other_key(Chance& chance) {
  evidence::Seed seed{};
  for (uint8_t& byte : seed) byte = static_cast<uint8_t>(chance());
  return evidence::Ed25519Signer(seed);
}

Found sign_manifest(const Material& from, Chance& chance) {
  const evidence::Ed25519Signer signer = other_key(chance);
  Files entries = take_apart(*from.bundle);
  sign_again(entries, signer);
  return whole(put_together(entries), {kWrongKey});
}

Found sign_everything(const Material& from, Chance& chance) {
  const evidence::Ed25519Signer signer = other_key(chance);
  Files entries = take_apart(*from.bundle);
  for (auto& [name, content] : entries) {
    if (name.starts_with("ledger-")) content = seal_ledger_again(content, signer);
    if (!name.starts_with("original-")) continue;
    Original original = split(content);
    seal_again(original, signer);
    content = original.joined();
  }
  sign_again(entries, signer);
  return whole(put_together(entries), {kWrongKey});
}

}  // namespace

const std::vector<BundleEdit>& bundle_edits() {
  static const std::vector<BundleEdit> edits = {{"flip a bit", flip_bit},
                                                {"cut off", cut_off},
                                                {"lengthen", lengthen},
                                                {"flip a bit in an entry", flip_in_entry},
                                                {"remove an entry", remove_entry},
                                                {"swap entries", swap_entries},
                                                {"add an entry", add_entry},
                                                {"flip a bit in an original", flip_in_original},
                                                {"flip a bit in a ledger", flip_in_ledger},
                                                {"omit a fragment", omit_fragment},
                                                {"strip checkpoints", strip_checkpoints},
                                                {"remove a fragment", remove_fragment},
                                                {"remove a checkpoint", remove_checkpoint},
                                                {"swap fragments", swap_fragments},
                                                {"repeat a fragment", repeat_fragment},
                                                {"splice a fragment", splice_fragment},
                                                {"splice a recording", splice_original},
                                                {"cut a recording off", cut_original},
                                                {"swap recordings", swap_originals},
                                                {"replace the video", replace_video},
                                                {"roll back", roll_back},
                                                {"sign the manifest again", sign_manifest},
                                                {"sign everything again", sign_everything}};
  return edits;
}

}  // namespace vedette::tamper
