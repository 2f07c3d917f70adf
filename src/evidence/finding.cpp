// SPDX-License-Identifier: Apache-2.0
#include "evidence/finding.h"

#include <algorithm>

#include "evidence/bundle.h"

namespace vedette::evidence {

std::string_view to_string(FaultClass fault) {
  switch (fault) {
    case FaultClass::kAltered:
      return "altered";
    case FaultClass::kRemoved:
      return "removed";
    case FaultClass::kReordered:
      return "reordered";
    case FaultClass::kDuplicated:
      return "duplicated";
    case FaultClass::kTruncated:
      return "truncated";
    case FaultClass::kSpliced:
      return "spliced";
    case FaultClass::kWrongKey:
      return "wrong_key";
    case FaultClass::kRolledBack:
      return "rolled_back";
    case FaultClass::kUnknownBytes:
      return "unknown_bytes";
    case FaultClass::kUnsigned:
      return "unsigned";
  }
  return "unknown";
}

bool Verification::has(FaultClass fault) const {
  return std::any_of(findings.begin(), findings.end(),
                     [fault](const Finding& finding) { return finding.fault == fault; });
}

void Verification::add(FaultClass fault, std::string detail, std::optional<uint64_t> offset) {
  add({fault, path, offset, std::move(detail), std::nullopt, std::nullopt});
}

void Verification::add(Finding finding) {
  finding.path = path;
  findings.push_back(std::move(finding));
}

void Verification::check_key(const PublicKey& key, std::optional<uint64_t> offset) {
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  if (wanted_key && *wanted_key != key && *wanted_key != fingerprint(key)) {
    add(FaultClass::kWrongKey, "signed with " + to_hex(key) + ", not with the key asked for",
        offset);
  } else if (keys.front() != key) {
    add(FaultClass::kWrongKey, "signed with another key than the rest", offset);
  }
}

Result<Hash> parse_wanted_key(std::string_view text) {
  constexpr std::string_view kWord = "ed25519 ";
  if (text.starts_with(kWord)) text.remove_prefix(kWord.size());
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  const auto key = parse_key_line(std::string(kWord) + std::string(text));
  if (key) return Hash(*key);
  return make_error(ErrorCode::kInvalidArgument,
                    "a key is 64 digits of 0-9 and a-f: the public key (keys/site.pub) or its "
                    "fingerprint");
}

}  // namespace vedette::evidence
