// SPDX-License-Identifier: Apache-2.0
// What somebody might do to an archive: each edit takes an untouched one and gives the edited bytes
// and the classes of which a verifier must name at least one. An attacker who knows the formats
// makes checksums, lists and sizes right again, and may even have the export signed by the site;
// only what was signed while recording is out of reach. Pure functions of the generator they are
// given.
#pragma once

#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "evidence/finding.h"

namespace vedette::tamper {

using Chance = std::mt19937_64;
using evidence::FaultClass;

/// Bytes by path: the entries of a bundle in their order, or the files of a volume.
using Files = std::vector<std::pair<std::string, Bytes>>;

struct Edited {
  Bytes bytes;                       ///< of a bundle
  Files files;                       ///< of a volume
  std::vector<FaultClass> expected;  ///< one of them must be found
};

/// What an edit may use. Not owned.
struct Material {
  const Bytes* bundle = nullptr;  ///< the one to be edited
  const Bytes* other = nullptr;   ///< one of another camera of the same site
  const Bytes* older = nullptr;   ///< of the same stretch, when less was recorded
  /// The site's own: somebody who exports what they have edited before. Their manifest is right,
  /// and only the recording can speak against them.
  const evidence::Signer* site = nullptr;
};

struct BundleEdit {
  const char* name;
  /// nullopt when this bundle has nothing to edit in that way.
  std::function<std::optional<Edited>(const Material&, Chance&)> make;
};

[[nodiscard]] const std::vector<BundleEdit>& bundle_edits();

/// What an edit of a volume may use. Not owned.
struct VolumeMaterial {
  const Files* volume = nullptr;  ///< the one to be edited; its recording was ended in order
  const Files* other = nullptr;   ///< of another site
  const Files* older = nullptr;   ///< the same volume some time before
};

struct VolumeEdit {
  const char* name;
  std::function<std::optional<Edited>(const VolumeMaterial&, Chance&)> make;
};

[[nodiscard]] const std::vector<VolumeEdit>& volume_edits();

}  // namespace vedette::tamper
