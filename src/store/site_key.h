// SPDX-License-Identifier: Apache-2.0
// The site's signing key in DIR/keys: site.key (mode 0600, in a folder of mode 0700) and site.pub
// to publish. Not behind the file seam: what matters here are owners and modes. Any thread, one at
// a time.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "evidence/ed25519.h"

namespace vedette::store {

struct KeyPaths {
  explicit KeyPaths(const std::string& data_dir)
      : folder(data_dir + "/keys"),
        secret(folder + "/site.key"),
        open(folder + "/site.pub"),
        replaced(folder + "/replaced") {}
  std::string folder;
  std::string secret;
  std::string open;
  std::string replaced;  ///< there since another key took the place of one that had signed
};

/// The key of the data folder, generated when there is none: one that is gone is replaced, with a
/// warning in the log, which `recorded_before` makes certain. A public key that site.pub held
/// before stays beside it as site-<begin of its fingerprint>.pub, for what it proves. Errors say
/// what to do, and nothing is signed then: kPermissionDenied when others can read it, kDataLoss
/// when it is not a key.
[[nodiscard]] Result<std::unique_ptr<evidence::Ed25519Signer>> open_site_key(
    const std::string& data_dir, bool recorded_before = false);

/// When another key took the place of the one that signed before, unless that is back or somebody
/// has deleted the note of it.
[[nodiscard]] std::optional<WallTime> key_replaced(const std::string& data_dir);

/// The public key alone. kNotFound before the first start.
[[nodiscard]] Result<evidence::PublicKey> read_public_key(const std::string& data_dir);

}  // namespace vedette::store
