// SPDX-License-Identifier: Apache-2.0
// `vedette verify`: a recording file, a camera's folder or a whole volume against its own records,
// checkpoints and ledger; a ledger's file or folder alone against itself. Needs neither catalog nor
// configuration, writes nothing, and may run beside the recorder. Any thread.
#pragma once

#include <optional>
#include <string>

#include "evidence/finding.h"
#include "fs/file_system.h"

namespace vedette::store {

struct VerifyRequest {
  std::string path;
  std::optional<evidence::Hash> key;  ///< a public key or its fingerprint
};

/// kNotFound when there is nothing at the path, kInvalidArgument when it is neither a recording nor
/// a folder; whatever is wrong with what is there is a finding.
[[nodiscard]] Result<evidence::Verification> verify_archive(fs::FileSystem& files,
                                                            const VerifyRequest& request);

}  // namespace vedette::store
