// SPDX-License-Identifier: Apache-2.0
// For tests: the bundle of the worked example in docs/design/bundle.md. It holds the second
// fragment of the recording file in docs/design/format.md; the first stands in it by the hash of
// its record.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evidence/bundle.h"
#include "evidence/checkpoint.h"
#include "evidence/ed25519.h"
#include "evidence/example_file.h"
#include "evidence/merkle.h"
#include "evidence/zip.h"

namespace vedette::evidence {

class ExampleBundle {
 public:
  ExampleBundle() : signer_(seed(7)) {
    head = Bytes(file_.init.begin(), file_.init.end() - kExampleReserve);
    omitted =
        encode(Omitted{"5f3a9c0e77b1d204", 0, {record_hash(ByteSpan(file_.records[0]))}}).value();
    Checkpoint point;
    point.site = "farm";
    point.camera = "gate";
    point.run = "5f3a9c0e77b1d204";
    point.final = point.closing = true;
    point.count = 2;
    point.signed_at = {1'795'356'208'000'000};
    MerkleTree tree;
    for (const Bytes& record : file_.records) tree.add(record_hash(ByteSpan(record)));
    point.root = tree.root();
    point.init = sha256(head);
    checkpoint = seal(point, signer_).value();
    const Bytes original =
        mp4::joined({head, omitted, file_.records[1], file_.fragments[1], checkpoint});
    files = {{"video.mp4", mp4::joined({head, file_.fragments[1]})},
             {"original-0001.mp4", original},
             {kPublicKeyName, copy(key_line(signer_.public_key()) + "\n")},
             {kReportName, copy("This is a video recording of the camera \"gate\".\n")}};
  }

  [[nodiscard]] Manifest manifest() const {
    Manifest out;
    out.site = "farm";
    out.camera = "gate";
    out.name = "Front gate";
    out.from = {1'795'356'207'400'000};
    out.to = {1'795'356'207'500'000};
    out.exported = {1'795'356'307'000'000};
    out.by = "local-owner";
    out.operator_name = "Inspector Moreau";
    out.program = "vedette 0.1.0";
    out.key = signer_.public_key();
    for (const auto& [name, content] : files) {
      out.files.push_back({name, content.size(), sha256(content)});
    }
    return out;
  }
  /// The archive of `files`, with a manifest of them signed by `signer`.
  [[nodiscard]] Bytes bytes(const Ed25519Signer& signer) const {
    Manifest list = manifest();
    list.key = signer.public_key();
    const std::string text = encode(list).value();
    const Signature signature = signer.sign(as_bytes(text)).value();
    auto entries = files;
    entries.emplace_back(kManifestName, copy(text));
    entries.emplace_back(kManifestSignatureName, Bytes(signature.begin(), signature.end()));
    return zipped(entries);
  }
  [[nodiscard]] Bytes bytes() const { return bytes(signer_); }
  /// With its record.
  [[nodiscard]] Bytes second_fragment() const {
    return mp4::joined({file_.records[1], file_.fragments[1]});
  }

  /// For editing: a run of three fragments, with their records, and the checkpoint over them.
  struct Run {
    std::vector<Bytes> records;
    std::vector<Bytes> fragments;
    Bytes checkpoint;
  };
  [[nodiscard]] Run three_fragments(uint32_t ticks = 9000) const {
    Run run;
    Chain chain("5f3a9c0e77b1d204");
    Checkpoint about;
    about.site = "farm";
    about.camera = "gate";
    about.run = "5f3a9c0e77b1d204";
    about.init = sha256(head);
    Checkpointer checkpointer(about);
    for (int64_t i = 0; i < 3; ++i) {
      FragmentRecord record;
      record.site = "farm";
      record.camera = "gate";
      record.media_time = i * ticks;
      record.duration = ticks;
      const mp4::Sample sample{6, ticks, 0, true};
      const mp4::TrackRun track_run{1, record.media_time, {&sample, 1}};
      const Bytes body =
          mp4::joined({mp4::make_fragment_head(static_cast<uint32_t>(i) + 1, {&track_run, 1}),
                       mp4::from_hex("00000002 6588")});
      record.fragment_size = static_cast<uint32_t>(body.size());
      record.fragment_hash = sha256(body);
      run.records.push_back(chain.append(record).value());
      run.fragments.push_back(mp4::joined({run.records.back(), body}));
      checkpointer.add(chain.head());
    }
    Checkpointer::State state;
    state.now = {1'795'356'208'000'000};
    state.final = state.closing = true;
    run.checkpoint = checkpointer.make(signer_, state).value().box;
    return run;
  }
  [[nodiscard]] Bytes original_of(const std::vector<Bytes>& boxes) const {
    Bytes out = head;
    for (const Bytes& box : boxes) out.insert(out.end(), box.begin(), box.end());
    return out;
  }
  /// What the originals of these fragments are shown as. `record`: bytes of each one's record.
  [[nodiscard]] Bytes video_of(const std::vector<Bytes>& fragments, size_t record) const {
    Bytes out = head;
    for (const Bytes& box : fragments) {
      out.insert(out.end(), box.begin() + static_cast<ptrdiff_t>(record), box.end());
    }
    return out;
  }
  [[nodiscard]] const Ed25519Signer& signer() const { return signer_; }

  static Bytes zipped(const std::vector<std::pair<std::string, Bytes>>& entries) {
    Bytes out;
    std::vector<ZipEntry> frames;
    for (const auto& [name, content] : entries) {
      Crc32 crc;
      crc.update(content);
      frames.push_back({name, content.size(), crc.value()});
      out = mp4::joined({out, zip_local_header(frames.back()), content});
    }
    return mp4::joined({out, zip_directory(frames)});
  }
  static Seed seed(uint8_t value) {
    Seed out{};
    out.fill(value);
    return out;
  }
  static Bytes copy(std::string_view text) { return {text.begin(), text.end()}; }

  Bytes head;  ///< ftyp and moov
  Bytes omitted;
  Bytes checkpoint;
  std::vector<std::pair<std::string, Bytes>> files;  ///< all but the manifest and its signature

 private:
  ExampleFile file_;
  Ed25519Signer signer_;
};

}  // namespace vedette::evidence
