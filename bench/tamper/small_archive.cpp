// SPDX-License-Identifier: Apache-2.0
#include "tamper/small_archive.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "base/id.h"
#include "mp4/test_tracks.h"
#include "playback/catalog_archive.h"
#include "playback/exporter.h"

namespace vedette::tamper {
namespace {

constexpr int64_t kStart = 1'795'356'207'200'000;
constexpr int64_t kFragmentUs = 1'000'000;
constexpr int64_t kTicks = 90'000;
constexpr const char* kRoot = "/video";

template <typename T>
T must(Result<T> result, const char* what) {
  if (result) return std::move(result).value();
  std::fprintf(stderr, "tamper: %s: %s\n", what, result.error().message().c_str());
  std::abort();
}
void must(const Result<void>& result, const char* what) {
  if (result) return;
  std::fprintf(stderr, "tamper: %s: %s\n", what, result.error().message().c_str());
  std::abort();
}

const char* camera_name(int camera) { return camera == 0 ? "gate" : "yard"; }

}  // namespace

/// In the order of construction.
struct SmallArchive::Parts {
  explicit Parts(uint64_t seed) : chance(seed), signer(make_key(chance)) {
    dir = std::filesystem::temp_directory_path() / ("vedette-tamper-" + random_id());
    std::filesystem::create_directory(dir);
    config = must(store::ConfigStore::open(dir + "/config.db"), "config");
    store::CatalogOptions catalog_options;
    catalog_options.path = dir + "/catalog.db";
    catalog_options.threads = false;
    catalog = store::Catalog::open(clock, catalog_options);
  }
  ~Parts() {
    runs.clear();
    archive.reset();
    catalog.reset();
    config.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir, ignored);
  }
  static evidence::Seed make_key(std::mt19937_64& chance) {
    evidence::Seed seed{};
    for (uint8_t& byte : seed) byte = static_cast<uint8_t>(chance());
    return seed;
  }

  std::mt19937_64 chance;
  evidence::Ed25519Signer signer;
  std::string dir;
  FakeClock clock{WallTime{kStart}};
  fs::FakeFileSystem files;
  std::unique_ptr<store::ConfigStore> config;
  std::unique_ptr<store::Catalog> catalog;
  std::unique_ptr<store::Archive> archive;
  std::vector<std::shared_ptr<store::RunWriter>> runs;
  std::vector<int64_t> ticks = {0, 0};
};

SmallArchive::SmallArchive(const SmallArchiveOptions& options)
    : options_(options), parts_(std::make_unique<Parts>(options.seed)) {
  Parts& p = *parts_;
  key_ = p.signer.public_key();
  must(p.files.make_dirs(kRoot), "folder");
  store::ArchiveOptions archive_options;
  archive_options.volumes = {{kRoot, std::nullopt, std::nullopt}};
  archive_options.file_duration = std::chrono::seconds(14);
  archive_options.threads = false;
  p.archive = must(
      store::Archive::open({p.files, p.clock, *p.config, *p.catalog, &p.signer}, archive_options),
      "archive");
  begin_runs();
  record(options.fragments / 2);
  // The first camera goes away for three seconds and comes back as another run.
  p.runs[0]->end();
  store::Gap gap;
  gap.id = store::new_gap_id();
  gap.camera = camera_name(0);
  gap.start = p.clock.wall();
  gap.first_seen = gap.start;
  gap.cause = "unreachable";
  gap.detail = "the camera does not answer";
  p.archive->put_gap(gap);
  for (int i = 0; i < 3; ++i) {
    submit(1);
    p.clock.advance(Duration(kFragmentUs));
    p.archive->step();
  }
  gap.end = p.clock.wall();
  p.archive->put_gap(gap);
  begin_runs();
  record(options.fragments - options.fragments / 2);
}

SmallArchive::~SmallArchive() = default;

const evidence::Signer& SmallArchive::signer() const { return parts_->signer; }

void SmallArchive::begin_runs() {
  Parts& p = *parts_;
  p.runs.resize(2);
  for (int camera = 0; camera < 2; ++camera) {
    auto& run = p.runs[static_cast<size_t>(camera)];
    if (camera == 1 && run != nullptr) continue;
    store::RunSpec spec;
    spec.camera = camera_name(camera);
    spec.video = mp4::h264_track();
    spec.origin = p.ticks[static_cast<size_t>(camera)];
    run = must(p.archive->begin_run(spec), "run");
  }
}

void SmallArchive::submit(int camera) {
  Parts& p = *parts_;
  int64_t& ticks = p.ticks[static_cast<size_t>(camera)];
  store::FragmentInput input;
  for (int i = 0; i < 2; ++i) {
    auto au = std::make_shared<media::AccessUnit>();
    au->track = mp4::h264_track();
    au->dts = au->pts = ticks + i * kTicks / 2;
    au->utc = p.clock.wall() + Duration(i * kFragmentUs / 2);
    au->random_access = i == 0;
    const size_t size = 40 + p.chance() % 160;
    au->data = {0, 0, 0, static_cast<uint8_t>(size), static_cast<uint8_t>(i == 0 ? 0x65 : 0x41)};
    for (size_t n = 1; n < size; ++n) au->data.push_back(static_cast<uint8_t>(p.chance()));
    input.video.push_back(std::move(au));
  }
  ticks += kTicks;
  input.video_end = ticks;
  must(p.runs[static_cast<size_t>(camera)]->submit(std::move(input)), "fragment");
}

void SmallArchive::record(int fragments) {
  Parts& p = *parts_;
  for (int i = 0; i < fragments; ++i) {
    submit(0);
    submit(1);
    p.clock.advance(Duration(kFragmentUs));
    p.archive->step();
  }
  p.clock.advance(Duration(100'000));
  p.archive->step();
  must(p.catalog->flush(), "catalog");
}

void SmallArchive::stop() {
  parts_->runs.clear();
  parts_->archive.reset();
}

std::vector<std::pair<std::string, Bytes>> SmallArchive::volume() {
  std::vector<std::pair<std::string, Bytes>> out;
  const std::string root = std::string(kRoot) + "/";
  for (const std::string& path : parts_->files.all_files()) {
    if (path.starts_with(root)) {
      out.emplace_back(path.substr(root.size()), parts_->files.content(path));
    }
  }
  return out;
}

Bytes SmallArchive::bundle(int camera, int first, int last) {
  Parts& p = *parts_;
  playback::CatalogArchive recordings(*p.catalog, p.files);
  const auto volumes = [] { return std::vector<std::string>{kRoot}; };
  const playback::Exporter exporter(
      {recordings, p.files, p.clock, &p.signer, p.config->site_id(), "vedette test", volumes});
  playback::ExportRequest request;
  request.range.camera = camera_name(camera);
  request.range.from = WallTime{kStart + first * kFragmentUs};
  request.range.to = WallTime{kStart + last * kFragmentUs};
  request.form = playback::ExportForm::kBundle;
  request.by = "local-owner";
  request.operator_name = "Moreau";
  playback::ExportControl control;
  must(p.files.make_dirs("/out"), "folder");
  must(exporter.make(request, "/out/bundle.zip", control), "bundle");
  Bytes bytes = p.files.content("/out/bundle.zip");
  must(p.files.remove("/out/bundle.zip"), "bundle");
  return bytes;
}

}  // namespace vedette::tamper
