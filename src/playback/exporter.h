// SPDX-License-Identifier: Apache-2.0
// Makes the file an export asks for, from whatever archive is at hand: the running server's, or the
// catalog of one that does not run. Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "evidence/signer.h"
#include "playback/export_jobs.h"

namespace vedette::playback {

/// References must outlive the exporter.
struct ExporterParts {
  Archive& archive;
  fs::FileSystem& files;
  const Clock& clock;
  const evidence::Signer* signer = nullptr;  ///< null: no bundles
  std::string site;
  std::string program;  ///< "vedette 0.1.0"
  /// Folders whose ledgers are asked, as they are when an export is made.
  std::function<std::vector<std::string>()> volumes;
  /// Room for a copy of that range on a disk that records; null where nobody records.
  std::function<Result<void>(const ExportRange&, const std::string& folder, uint64_t bytes)> room;
};

class Exporter {
 public:
  explicit Exporter(ExporterParts parts) : parts_(std::move(parts)) {}

  /// Plans the export and writes it to `path`, on the caller's thread.
  [[nodiscard]] Result<void> make(const ExportRequest& request, const std::string& path,
                                  ExportControl& control) const;

 private:
  [[nodiscard]] Result<void> make_bundle(const ExportRequest& request, ExportPlan& plan,
                                         const std::string& path, ExportControl& control) const;

  ExporterParts parts_;
};

}  // namespace vedette::playback
