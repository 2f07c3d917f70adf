// SPDX-License-Identifier: Apache-2.0
// Makes the file an export asks for, from whatever archive is at hand: the running server's, or the
// catalog of one that does not run. Thread-safe.
#pragma once

#include "playback/export_jobs.h"

namespace vedette::playback {

/// References must outlive the exporter.
struct ExporterParts {
  Archive& archive;
  fs::FileSystem& files;
  const Clock& clock;
};

class Exporter {
 public:
  explicit Exporter(const ExporterParts& parts) : parts_(parts) {}

  /// Plans the export and writes it to `path`, on the caller's thread.
  [[nodiscard]] Result<void> make(const ExportRequest& request, const std::string& path,
                                  ExportControl& control) const;

 private:
  ExporterParts parts_;
};

}  // namespace vedette::playback
