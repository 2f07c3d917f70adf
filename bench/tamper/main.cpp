// SPDX-License-Identifier: Apache-2.0
// Generates archives with the real writer, edits them, and asks the verifier. Prints one JSON
// object with what was detected and classified, by kind of edit. A sample can be kept for
// tools/verify.py.
//
// usage: bench_tamper --edits N --untouched N --seed S [--keep DIR --keep-every N]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "evidence/verify_bundle.h"
#include "mp4/source.h"
#include "store/verify_archive.h"
#include "tamper/edits.h"
#include "tamper/small_archive.h"

namespace vedette::tamper {
namespace {

struct Options {
  uint64_t edits = 2000;
  uint64_t untouched = 200;
  uint64_t seed = 1;
  std::string keep;
  uint64_t keep_every = 100;
  uint64_t per_archive = 800;  ///< edits before another archive is generated
};

struct Tally {
  uint64_t made = 0;
  uint64_t detected = 0;
  uint64_t classified = 0;
};

std::string classes_of(const std::vector<FaultClass>& classes) {
  std::string out;
  for (const FaultClass fault : classes) {
    out += fmt::format("{}\"{}\"", out.empty() ? "" : ",", to_string(fault));
  }
  return out;
}

class Run {
 public:
  explicit Run(Options options) : options_(std::move(options)) {}

  int run() {
    for (uint64_t archive = 0; made_ < options_.edits || clean_ < options_.untouched; ++archive) {
      one_archive(options_.seed + archive);
    }
    print();
    return failures_ == 0 ? 0 : 1;
  }

 private:
  void one_archive(uint64_t seed) {
    Chance chance(seed);
    SmallArchive archive({seed, 36});
    key_ = archive.key();
    const Bytes older = archive.bundle(0, 3, 60);
    check_untouched({"untouched volume", {}, archive.volume(), {}});
    const Files older_volume = archive.volume();
    archive.record(9);
    check_untouched({"untouched volume", {}, archive.volume(), {}});
    std::vector<Bytes> bundles;
    for (int i = 0; i < 6; ++i) {
      const int first = static_cast<int>(chance() % 30);
      bundles.push_back(archive.bundle(0, first, first + 4 + static_cast<int>(chance() % 20)));
    }
    bundles.push_back(archive.bundle(0, 3, 60));
    const Bytes other = archive.bundle(1, 2, 30);
    check_bundles(archive, chance);
    const Material newest{&bundles.back(), &other, &older, &archive.signer()};
    for (uint64_t i = 0; i < options_.per_archive / 2 && made_ < options_.edits; ++i) {
      const BundleEdit& edit = bundle_edits()[next_bundle_edit_++ % bundle_edits().size()];
      Material material = newest;
      if (std::string_view(edit.name) != "roll back") {
        material.bundle = &bundles[chance() % bundles.size()];
      }
      if (auto edited = edit.make(material, chance)) judge(edit.name, *edited, seed);
    }
    archive.stop();
    const Files volume = archive.volume();
    check_untouched({"untouched volume", {}, volume, {}});
    if (other_volume_.empty()) other_volume_ = foreign_volume(seed);
    const VolumeMaterial material{&volume, &other_volume_, &older_volume};
    for (uint64_t i = 0; i < options_.per_archive / 2 && made_ < options_.edits; ++i) {
      const VolumeEdit& edit = volume_edits()[next_volume_edit_++ % volume_edits().size()];
      if (auto edited = edit.make(material, chance)) judge(edit.name, *edited, seed);
    }
    other_volume_ = volume;
  }

  static Files foreign_volume(uint64_t seed) {
    SmallArchive archive({~seed, 8});
    archive.stop();
    return archive.volume();
  }

  /// Untouched bundles, each of another stretch, of one camera after the other.
  void check_bundles(SmallArchive& archive, Chance& chance) {
    const uint64_t archives = std::max<uint64_t>(1, options_.edits / options_.per_archive);
    const uint64_t share = options_.untouched / archives + 1;
    for (uint64_t i = 0; i < share && clean_ < options_.untouched; ++i) {
      const int first = static_cast<int>(chance() % 28);
      const int last = first + 5 + static_cast<int>(chance() % 8);  // beyond the gap
      check_untouched(
          {"untouched bundle", archive.bundle(static_cast<int>(i % 2), first, last), {}, {}});
    }
  }

  /// A bundle, or a volume when there are files.
  struct Specimen {
    std::string name;
    Bytes bundle;
    Files files;
    std::vector<FaultClass> expected;
  };

  static evidence::Verification must(Result<evidence::Verification> result) {
    if (result) return std::move(result).value();
    std::fprintf(stderr, "tamper: %s\n", result.error().message().c_str());
    std::abort();
  }

  evidence::Verification verify(const Specimen& specimen) const {
    const evidence::Hash key(key_);
    if (specimen.files.empty()) {
      auto result = evidence::verify_bundle(mp4::MemorySource(specimen.bundle), key);
      if (!result) return must(result.error());
      return std::move(result->verification);
    }
    fs::FakeFileSystem disk;
    for (const auto& [path, content] : specimen.files) {
      const std::string whole = "/volume/" + path;
      (void)disk.make_dirs(fs::parent_of(whole));
      const auto file = disk.create(whole);
      const ByteSpan part = content;
      if (file) (void)(*file)->write_at(0, {&part, 1});
    }
    return must(store::verify_archive(disk, {"/volume", key}));
  }

  void check_untouched(const Specimen& specimen) {
    ++clean_;
    const auto result = verify(specimen);
    keep(specimen, ++untouched_[specimen.name]);
    if (result.intact()) return;
    ++false_alarms_;
    report("false alarm: " + specimen.name, result.findings, specimen);
  }

  void judge(const char* name, Edited& edited, uint64_t seed) {
    ++made_;
    Tally& tally = tallies_[name];
    ++tally.made;
    const Specimen specimen{name, std::move(edited.bytes), std::move(edited.files),
                            std::move(edited.expected)};
    const auto result = verify(specimen);
    const bool detected = !result.intact();
    const bool classified = std::any_of(specimen.expected.begin(), specimen.expected.end(),
                                        [&](FaultClass fault) { return result.has(fault); });
    tally.detected += detected ? 1 : 0;
    tally.classified += classified ? 1 : 0;
    keep(specimen, tally.made);
    if (detected && classified) return;
    report(fmt::format("{} (archive {}): {}", name, seed, detected ? "misnamed" : "NOT DETECTED"),
           result.findings, specimen);
  }

  void report(const std::string& what, const std::vector<evidence::Finding>& findings,
              const Specimen& specimen) {
    if (++failures_ > 10) return;
    std::fprintf(stderr, "tamper: %s\n", what.c_str());
    for (const evidence::Finding& finding : findings) {
      std::fprintf(stderr, "  %s %s: %s\n", std::string(to_string(finding.fault)).c_str(),
                   finding.path.c_str(), finding.detail.c_str());
    }
    if (!options_.keep.empty()) write(specimen, fmt::format("failure-{}", failures_));
  }

  /// The first of each kind, and every n-th, for the other verifier.
  void keep(const Specimen& specimen, uint64_t number) {
    if (options_.keep.empty() || number % options_.keep_every != 1) return;
    const std::string name = write(specimen, fmt::format("{:06}", kept_++));
    std::ofstream(options_.keep + "/index.jsonl", std::ios::app)
        << fmt::format("{{\"file\":\"{}\",\"edit\":\"{}\",\"expected\":[{}],\"key\":\"{}\"}}\n",
                       name, specimen.name, classes_of(specimen.expected), evidence::to_hex(key_));
  }

  std::string write(const Specimen& specimen, std::string name) const {
    const auto put = [&](const std::string& path, const Bytes& bytes) {
      std::filesystem::create_directories(std::filesystem::path(path).parent_path());
      std::ofstream(path, std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    };
    if (specimen.files.empty()) name += ".zip";
    const std::string path = options_.keep + "/" + name;
    if (specimen.files.empty()) put(path, specimen.bundle);
    for (const auto& [file, content] : specimen.files) put(path + "/" + file, content);
    return name;
  }

  void print() const {
    std::string kinds;
    Tally all;
    for (const auto& [name, tally] : tallies_) {
      kinds +=
          fmt::format("{}\"{}\":{{\"made\":{},\"detected\":{},\"classified\":{}}}",
                      kinds.empty() ? "" : ",", name, tally.made, tally.detected, tally.classified);
      all.made += tally.made;
      all.detected += tally.detected;
      all.classified += tally.classified;
    }
    fmt::print(
        "{{\"seed\":{},\"edits\":{},\"detected\":{},\"classified\":{},\"untouched\":{},"
        "\"false_alarms\":{},\"kept\":{},\"kinds\":{{{}}}}}\n",
        options_.seed, all.made, all.detected, all.classified, clean_, false_alarms_, kept_, kinds);
  }

  const Options options_;
  evidence::PublicKey key_{};
  std::map<std::string, Tally> tallies_;
  std::map<std::string, uint64_t> untouched_;
  Files other_volume_;  ///< of another site
  uint64_t next_bundle_edit_ = 0;
  uint64_t next_volume_edit_ = 0;
  uint64_t made_ = 0;
  uint64_t clean_ = 0;
  uint64_t false_alarms_ = 0;
  uint64_t failures_ = 0;
  uint64_t kept_ = 0;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    const auto number = [value] {
      return static_cast<uint64_t>(std::strtoull(value, nullptr, 10));
    };
    if (name == "--edits") options.edits = number();
    if (name == "--untouched") options.untouched = number();
    if (name == "--seed") options.seed = number();
    if (name == "--keep") options.keep = value;
    if (name == "--keep-every") options.keep_every = std::max<uint64_t>(2, number());
    if (name == "--per-archive") options.per_archive = std::max<uint64_t>(1, number());
  }
  return options;
}

}  // namespace
}  // namespace vedette::tamper

int main(int argc, char** argv) {
  const auto options = vedette::tamper::parse(argc, argv);
  std::fprintf(stderr, "tamper: seed %llu\n", static_cast<unsigned long long>(options.seed));
  return vedette::tamper::Run(options).run();
}
