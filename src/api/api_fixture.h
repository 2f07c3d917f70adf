// SPDX-License-Identifier: Apache-2.0
// For the tests of the handlers: every route through the router, on fakes. With
// VEDETTE_API_EXCHANGES=FILE each request and its answer is also written there, one JSON object per
// line, for openapi_check.py.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "api/camera_form.h"
#include "api/fake_cameras.h"
#include "api/fake_finder.h"
#include "api/handlers.h"
#include "api/json.h"
#include "base/id.h"
#include "playback/fake_archive.h"
#include "site/stored_cameras.h"
#include "vision/encoder.h"

namespace vedette::api {

namespace json = boost::json;
using net::Method;

inline constexpr int64_t kStart = 1'795'356'207'200'000;

class FakeSystem final : public SystemService {
 public:
  [[nodiscard]] std::string version() const override { return "0.1.0"; }
  [[nodiscard]] KeyState key() const override { return signing; }
  [[nodiscard]] WallTime started() const override { return {kStart}; }
  [[nodiscard]] std::vector<VolumeEntry> volumes() override {
    VolumeEntry video{"/srv/video", 1000, 400, 500, "", "aa"};
    video.quota_bytes = 900;
    return {video, {"/srv/old", 0, 0, 0, "not mounted"}};
  }
  [[nodiscard]] store::LedgerList ledger(const store::LedgerQuery& query) override {
    asked = query;
    return {entries, unread};
  }
  [[nodiscard]] Result<store::StorageReport> storage() override { return report; }
  [[nodiscard]] Result<Planned> plan(const store::PlanQuestion& question) override {
    planned = question;
    if (question.instead && question.instead->path != "/srv/video")
      return make_error(ErrorCode::kNotFound, "nothing is recorded to it");
    Planned answer{files, true, std::nullopt};
    if (question.instead)
      answer.forecast = store::Forecast::Volume{"aa", store::Outlook::kFills, 5};
    return answer;
  }
  [[nodiscard]] Result<std::vector<store::DeletedFile>> deletions(const std::string&, WallTime,
                                                                  WallTime) override {
    return files;
  }
  KeyState signing{std::string(64, 'a'), "", std::nullopt};
  store::StorageReport report;
  std::vector<store::DeletedFile> files;
  std::vector<evidence::LedgerEntry> entries;
  std::vector<store::Unread> unread;
  store::LedgerQuery asked;
  store::PlanQuestion planned{Duration(-1), std::nullopt};
};

class FakeHolds final : public site::HoldService {
 public:
  [[nodiscard]] Result<std::vector<store::Hold>> list() override { return all; }
  [[nodiscard]] Result<store::Hold> place(store::Hold hold) override {
    hold.id = "aa11";
    hold.created_us = kStart;
    all.push_back(hold);
    return hold;
  }
  [[nodiscard]] Result<store::Hold> lift(const std::string& id) override {
    if (all.empty() || all[0].id != id) return make_error(ErrorCode::kNotFound, "no hold " + id);
    store::Hold hold = all[0];
    all.clear();
    return hold;
  }
  std::vector<store::Hold> all;
};

class FakeFsck final : public store::FsckService {
 public:
  Result<void> start(const store::FsckOptions& options) override {
    if (status_.running) return make_error(ErrorCode::kFailedPrecondition, "fsck runs already");
    status_ = {true, options, {kStart}, {3, 10, 900, 4000}, std::nullopt};
    return ok();
  }
  void cancel() override {
    status_.running = false;
    status_.report.emplace();
    status_.report->cancelled = true;
    status_.report->add(store::FindingKind::kUnlistedFile, "/srv/video/door/1.mp4");
    status_.report->add(store::FindingKind::kForeignFile, "/srv/video/holiday.mp4", "why");
  }
  [[nodiscard]] store::FsckStatus status() const override { return status_; }

 private:
  store::FsckStatus status_;
};

class ApiTest : public testing::Test {
 protected:
  void SetUp() override {
    web_root_ = testing::TempDir() + "vedette_api_web";
    (void)std::system(("mkdir -p " + web_root_ + "/assets").c_str());
    std::ofstream(web_root_ + "/index.html") << "<!doctype html><title>Vedette</title>";
    std::ofstream(web_root_ + "/assets/app-1a2b3c.js") << "export {};";
    std::ofstream(web_root_ + "/.secret.txt") << "secret";
    playback::ExportJobs::Options options;
    options.folder = web_root_ + "/../vedette_api_exports";
    options.max_waiting = 2;
    options.threads = false;
    exports_ = std::make_unique<playback::ExportJobs>(
        disk_, clock_, options, [this](const auto&, const std::string& path, auto&) {
          if (export_failure_) return Result<void>(*export_failure_);
          std::ofstream(path) << "a film";
          return ok();
        });
    config_path_ = testing::TempDir() + "vedette_api_config_" + random_id() + ".db";
    config_ = store::ConfigStore::open(config_path_).value();
    stored_ = std::make_unique<site::StoredCameras>(clock_, *config_);
    volumes_ = std::make_unique<site::Volumes>(*config_, nullptr);
    use_transcoder(nullptr);
  }

  void use_transcoder(transcode::Pool* pool) {
    const Services services{clock_, cameras_, *stored_,  system_, archive_,  *exports_, fsck_,
                            holds_, *config_, *volumes_, finder_, web_root_, pool};
    router_ = make_router(services);
  }

  void TearDown() override { (void)std::remove(config_path_.c_str()); }

  net::Response ask(Method method, const std::string& target, const std::string& body = "",
                    const std::string& type = "application/json") {
    net::Request request;
    request.method = method;
    auto parsed = net::parse_target(target).value();
    request.path = parsed.path;
    request.query = parsed.query;
    request.body = body;
    if (!body.empty()) request.headers.set("Content-Type", type);
    net::Response response = router_->handle(request);
    record(method, target, body, response);
    return response;
  }
  net::Response get(const std::string& target) { return ask(Method::kGet, target); }
  net::Response post(const std::string& body) {
    return ask(Method::kPost, "/api/v1/cameras", body);
  }

  static void record(Method method, const std::string& target, const std::string& body,
                     const net::Response& response) {
    const char* path = std::getenv("VEDETTE_API_EXCHANGES");
    if (path == nullptr) return;
    const json::object exchange{
        {"method", json::string_view(net::to_string(method))},
        {"target", target},
        {"request", body},
        {"status", response.status},
        {"type", json::string_view(response.headers.get("Content-Type"))},
        {"body", response.headers.get("Content-Type").find("json") != std::string_view::npos
                     ? response.body
                     : std::string()}};
    std::ofstream(path, std::ios::app) << json::serialize(exchange) << "\n";
  }

  /// Status and code of a problem: "404 not_found".
  static std::string problem_of(const net::Response& response) {
    if (response.headers.get("Content-Type") != "application/problem+json") {
      return std::to_string(response.status);
    }
    const json::value value = json::parse(response.body);
    return std::to_string(response.status) + " " + std::string(value.at("code").as_string());
  }
  static std::string detail_of(const net::Response& response) {
    return std::string(json::parse(response.body).at("detail").as_string());
  }
  static std::string field_of(const net::Response& response) {
    const json::value problem = json::parse(response.body);
    const json::value* field = problem.as_object().if_contains("field");
    return field ? std::string(field->as_string()) : "";
  }

  void add_door() {
    const auto added = post(R"({"id":"door","name":"Door","url":"rtsp://u:secret@10.0.0.2/1"})");
    ASSERT_EQ(added.status, 201);
  }
  void record_door(media::Codec codec = media::Codec::kH264) {
    vision::EncoderOptions options;
    options.codec = codec;
    options.width = 128;
    options.height = 96;
    auto encoder = vision::VideoEncoder::create(options).value();
    std::vector<media::AccessUnitPtr> aus;
    vision::Picture picture(128, 96);
    ASSERT_TRUE(encoder->encode(picture, aus));
    ASSERT_TRUE(encoder->finish(aus));
    playback::FileMaker file(archive_, "aa", {encoder->track()});
    playback::FileMaker::Piece piece;
    piece.start_us = kStart;
    piece.video = {{static_cast<uint32_t>(aus[0]->data.size()), 90'000, 0, true}};
    piece.data = aus[0]->data;
    file.add(piece).write();
  }

  FakeClock clock_{WallTime{kStart + 60'000'000}};
  FakeCameras cameras_{clock_};
  FakeSystem system_;
  FakeHolds holds_;
  FakeFinder finder_;
  FakeFsck fsck_;
  playback::FakeArchive archive_;
  fs::RealFileSystem disk_;
  std::optional<Error> export_failure_;
  std::unique_ptr<playback::ExportJobs> exports_;
  std::string config_path_;
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<site::StoredCameras> stored_;  ///< of config_; cameras_ are others
  std::unique_ptr<site::Volumes> volumes_;       ///< of config_, too
  std::string web_root_;
  std::unique_ptr<Router> router_;
};

inline const std::string kRange =
    "from_us=" + std::to_string(kStart) + "&to_us=" + std::to_string(kStart + 10'000'000);

}  // namespace vedette::api
