// SPDX-License-Identifier: Apache-2.0
// A small site with everything a verifier has to judge, made by the real writer: two cameras, runs
// of several files, a file that is still open, a gap, and exports of it. On a disk in memory; the
// databases lie in a temporary folder. Confined to one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "evidence/ed25519.h"
#include "fs/fake_file_system.h"
#include "store/archive.h"

namespace vedette::tamper {

struct SmallArchiveOptions {
  uint64_t seed = 1;
  int fragments = 36;  ///< of each camera
};

class SmallArchive {
 public:
  /// Aborts the program when the writer fails: there is nothing to measure then.
  explicit SmallArchive(const SmallArchiveOptions& options);
  ~SmallArchive();
  SmallArchive(const SmallArchive&) = delete;
  SmallArchive& operator=(const SmallArchive&) = delete;

  /// Every file of the volume, by its path below it. The service runs and a file is open.
  [[nodiscard]] std::vector<std::pair<std::string, Bytes>> volume();
  /// The whole bundle of camera `camera` (0 or 1) from fragment `first` to before `last`.
  [[nodiscard]] Bytes bundle(int camera, int first, int last);
  [[nodiscard]] const evidence::PublicKey& key() const { return key_; }
  [[nodiscard]] const evidence::Signer& signer() const;
  /// Ends the recording in order: every file is closed, the ledger signed.
  void stop();
  /// Records on: a later state of the same volume.
  void record(int fragments);

 private:
  struct Parts;
  void begin_runs();
  void submit(int camera);

  SmallArchiveOptions options_;
  evidence::PublicKey key_{};
  std::unique_ptr<Parts> parts_;
};

}  // namespace vedette::tamper
