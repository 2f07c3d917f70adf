// SPDX-License-Identifier: Apache-2.0
#include "tamper/bundle_model.h"

#include "evidence/box_walk.h"
#include "evidence/checkpoint.h"
#include "evidence/record.h"
#include "evidence/zip.h"
#include "mp4/box.h"

namespace vedette::tamper {
namespace {

void append(Bytes& to, ByteSpan part) { to.insert(to.end(), part.begin(), part.end()); }

Bytes copy(ByteSpan bytes) { return {bytes.begin(), bytes.end()}; }

bool is_original(std::string_view name) { return name.starts_with("original-"); }

/// Each checkpoint points at the one before, so all behind the first change.
class Sealer {
 public:
  explicit Sealer(const evidence::Signer& signer) : signer_(signer) {}

  Bytes seal(ByteSpan box) {
    evidence::Checkpoint checkpoint = evidence::decode_checkpoint(box).value();
    if (last_) checkpoint.previous = *last_;
    Bytes sealed = evidence::seal(checkpoint, signer_).value();
    last_ = evidence::record_hash(ByteSpan(sealed));
    return sealed;
  }

 private:
  const evidence::Signer& signer_;
  std::optional<evidence::Hash> last_;
};

evidence::Manifest manifest_of(Files& entries) {
  const Bytes* text = find(entries, evidence::kManifestName);
  evidence::Manifest manifest = evidence::parse_manifest(as_text(*text)).value();
  manifest.files.clear();
  for (const auto& [name, content] : entries) {
    if (name == evidence::kManifestName || name == evidence::kManifestSignatureName) continue;
    manifest.files.push_back({name, content.size(), evidence::sha256(content)});
  }
  return manifest;
}

}  // namespace

Files take_apart(const Bytes& bundle) {
  const auto archive = evidence::read_zip(mp4::MemorySource(bundle)).value();
  Files entries;
  for (size_t i = 0; i < archive.entries.size(); ++i) {
    entries.emplace_back(
        archive.entries[i].name,
        copy(ByteSpan(bundle).subspan(static_cast<size_t>(archive.offsets[i]),
                                      static_cast<size_t>(archive.entries[i].size))));
  }
  return entries;
}

Bytes put_together(const Files& entries) {
  Bytes out;
  std::vector<evidence::ZipEntry> frames;
  for (const auto& [name, content] : entries) {
    evidence::Crc32 crc;
    crc.update(content);
    frames.push_back({name, content.size(), crc.value()});
    append(out, evidence::zip_local_header(frames.back()));
    append(out, content);
  }
  append(out, evidence::zip_directory(frames));
  return out;
}

Bytes* find(Files& entries, std::string_view name) {
  for (auto& [entry, content] : entries) {
    if (entry == name) return &content;
  }
  return nullptr;
}

std::vector<size_t> originals_of(const Files& entries) {
  std::vector<size_t> found;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (is_original(entries[i].first)) found.push_back(i);
  }
  return found;
}

void sign_again(Files& entries, const evidence::Signer& signer) {
  *find(entries, evidence::kPublicKeyName) =
      copy(as_bytes(evidence::key_line(signer.public_key()) + "\n"));
  evidence::Manifest manifest = manifest_of(entries);
  manifest.key = signer.public_key();
  const std::string text = evidence::encode(manifest).value();
  *find(entries, evidence::kManifestName) = copy(as_bytes(text));
  const evidence::Signature signature = signer.sign(as_bytes(text)).value();
  *find(entries, evidence::kManifestSignatureName) = {signature.begin(), signature.end()};
}

Bytes Original::joined() const {
  Bytes out = head;
  for (const Unit& unit : units) append(out, unit.bytes);
  return out;
}

std::vector<size_t> Original::of_kind(Unit::Kind kind) const {
  std::vector<size_t> found;
  for (size_t i = 0; i < units.size(); ++i) {
    if (units[i].kind == kind) found.push_back(i);
  }
  return found;
}

Original split(const Bytes& bytes) {
  const ByteSpan all(bytes);
  const auto size_at = [&](size_t at) {
    return static_cast<size_t>(mp4::read_box_header(all, at).value().size);
  };
  Original out;
  size_t at = 0;
  while (at < bytes.size() && !evidence::box_at(all, at)) at += size_at(at);
  out.head = copy(all.first(at));
  while (at < bytes.size()) {
    const ByteSpan box = evidence::box_at(all, at).value();
    Unit unit;
    size_t end = at + box.size();
    if (evidence::kind_of(box) == evidence::kKindCheckpoint) unit.kind = Unit::Kind::kCheckpoint;
    if (evidence::kind_of(box) == evidence::kKindOmitted) unit.kind = Unit::Kind::kOmitted;
    if (unit.kind == Unit::Kind::kFragment) {
      end += size_at(end);
      end += size_at(end);
    }
    unit.bytes = copy(all.subspan(at, end - at));
    out.units.push_back(std::move(unit));
    at = end;
  }
  return out;
}

Bytes omitted_for(const Bytes& unit) {
  const ByteSpan box = evidence::box_at(unit, 0).value();
  const evidence::FragmentRecord record = evidence::decode(box).value();
  return evidence::encode(
             evidence::Omitted{record.run, record.sequence, {evidence::record_hash(box)}})
      .value();
}

std::string run_of(const Bytes& original) {
  const Original parts = split(original);
  const Unit& first = parts.units[parts.of_kind(Unit::Kind::kFragment).front()];
  return evidence::decode(evidence::box_at(first.bytes, 0).value()).value().run;
}

Bytes without_fragment(const Bytes& video, size_t n) {
  const ByteSpan all(video);
  Bytes out;
  size_t at = 0;
  for (size_t box = 0; at < video.size(); ++box) {
    const auto size = static_cast<size_t>(mp4::read_box_header(all, at).value().size);
    if (box < 2 || (box - 2) / 2 != n) append(out, all.subspan(at, size));
    at += size;
  }
  return out;
}

size_t signed_end(const Bytes& ledger) {
  size_t end = 0;
  for (size_t at = 0; at < ledger.size();) {
    const ByteSpan box = evidence::box_at(ledger, at).value();
    at += box.size();
    if (evidence::kind_of(box) == evidence::kKindCheckpoint) end = at;
  }
  return end;
}

void seal_again(Original& original, const evidence::Signer& signer) {
  Sealer sealer(signer);
  for (Unit& unit : original.units) {
    if (unit.kind == Unit::Kind::kCheckpoint) unit.bytes = sealer.seal(unit.bytes);
  }
}

Bytes seal_ledger_again(const Bytes& ledger, const evidence::Signer& signer) {
  Sealer sealer(signer);
  Bytes out;
  for (size_t at = 0; at < ledger.size();) {
    const ByteSpan box = evidence::box_at(ledger, at).value();
    const bool checkpoint = evidence::kind_of(box) == evidence::kKindCheckpoint;
    append(out, checkpoint ? sealer.seal(box) : copy(box));
    at += box.size();
  }
  return out;
}

}  // namespace vedette::tamper
