// SPDX-License-Identifier: Apache-2.0
// Looks whether every second of every camera is accounted for: in a recording, a gap or a deletion.
// What is in none of them becomes a gap `unknown`, first seen now. The recorder writes gaps as they
// happen; this finds what fell between all chairs. Confined to one thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "store/archive.h"

namespace vedette::store {

class GapAudit {
 public:
  /// `put` records a gap that was found.
  GapAudit(const ArchiveParts& parts, std::function<void(const Gap&)> put)
      : parts_(parts), put_(std::move(put)) {}

  /// From where the last round ended (a week ago at first) to a minute ago. A catalog that does not
  /// answer ends the round; the next one looks again.
  void run();

 private:
  [[nodiscard]] Result<void> look(const std::string& camera, StreamKind kind, WallTime to);

  const ArchiveParts parts_;
  const std::function<void(const Gap&)> put_;
  std::map<std::pair<std::string, StreamKind>, WallTime> looked_until_;
};

}  // namespace vedette::store
