// SPDX-License-Identifier: Apache-2.0
#include "app/system_service.h"

#include <algorithm>
#include <iterator>

#include "store/ledger.h"
#include "store/volume_trouble.h"

namespace vedette::app {
namespace {

std::string text_of(const std::optional<Error>& error) {
  return error ? error->message() : std::string();
}

std::string name_of(const std::optional<Error>& error) {
  return error ? std::string(store::trouble_of(*error)) : std::string();
}

api::VolumeEntry entry_of(const store::VolumeStatus& volume) {
  api::VolumeEntry entry;
  entry.path = volume.path;
  entry.total_bytes = volume.total_bytes;
  entry.free_bytes = volume.free_bytes;
  entry.used_bytes = volume.used_bytes;
  entry.problem = text_of(volume.problem);
  entry.problem_code = name_of(volume.problem);
  entry.id = volume.id;
  entry.quota_bytes = volume.quota_bytes;
  entry.reserve_bytes = volume.reserve_bytes;
  entry.reserve_set = volume.reserve_set;
  entry.reserved_bytes = volume.reserved_bytes;
  entry.bytes_per_us = volume.bytes_per_us;
  entry.cleaning_off = volume.cleaning_off ? volume.cleaning_off->what : std::string();
  entry.ledger_problem = volume.ledger_problem ? volume.ledger_problem->what : std::string();
  entry.cleaning_off_code = name_of(volume.cleaning_off);
  entry.ledger_problem_code = name_of(volume.ledger_problem);
  entry.full = volume.full;
  entry.below_minimum = volume.below_minimum;
  entry.removed = volume.removed;
  return entry;
}

}  // namespace

std::vector<api::VolumeEntry> SystemStatus::volumes() {
  std::vector<api::VolumeEntry> entries;
  for (const store::VolumeStatus& volume : archive_.volumes()) entries.push_back(entry_of(volume));
  return entries;
}

store::LedgerList SystemStatus::ledger(const store::LedgerQuery& query) {
  store::LedgerList all;
  for (const store::VolumeStatus& volume : archive_.volumes()) {
    if (volume.problem) {
      all.unread.push_back({volume.path, volume.problem->message()});
      continue;
    }
    auto some = ledgers_.list(fs::join(volume.path, store::kLedgerFolder), query);
    std::move(some.unread.begin(), some.unread.end(), std::back_inserter(all.unread));
    // A hold stands in the ledger of every volume.
    for (evidence::LedgerEntry& entry : some.entries) {
      const auto same = [&entry](const auto& known) {
        return known.what == entry.what && known.cause == entry.cause;
      };
      if (query.topic == store::LedgerTopic::kHolds &&
          std::any_of(all.entries.begin(), all.entries.end(), same))
        continue;
      all.entries.push_back(std::move(entry));
    }
  }
  return all;
}

Result<api::Planned> SystemStatus::plan(const store::PlanQuestion& question) {
  VEDETTE_ASSIGN(const auto answer, archive_.plan(question));
  api::Planned planned{{}, answer.complete, answer.forecast};
  for (const store::Deletion& deletion : answer.deletions) {
    const store::FileRef& ref = *deletion.file.file;
    planned.files.push_back({ref.id,
                             ref.camera,
                             ref.kind,
                             {ref.start_us},
                             deletion.file.end,
                             deletion.file.bytes,
                             ref.volume,
                             ref.relative,
                             deletion.reason,
                             deletion.below_minimum,
                             clock_.wall()});
  }
  return planned;
}

}  // namespace vedette::app
