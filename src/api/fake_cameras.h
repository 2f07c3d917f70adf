// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: cameras in memory with real hubs, and a WebSocket that remembers
// what was sent. Confined to the test's thread.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/services.h"
#include "net/http_server.h"

namespace vedette::api {

class FakeCameras final : public CameraService {
 public:
  explicit FakeCameras(const Clock& clock) : clock_(clock) {}

  Result<std::vector<CameraEntry>> list() override { return entries; }
  Result<CameraEntry> find(const std::string& id) override {
    for (const CameraEntry& entry : entries) {
      if (entry.camera.id == id) return entry;
    }
    return make_error(ErrorCode::kNotFound, "there is no camera \"" + id + "\"");
  }
  Result<void> add(const store::Camera& camera) override {
    if (find(camera.id)) return make_error(ErrorCode::kFailedPrecondition, "taken");
    CameraEntry entry;
    entry.camera = camera;
    entry.status.since = clock_.wall();
    entries.push_back(std::move(entry));
    return ok();
  }
  Result<void> update(const std::string& id, const Change& change) override {
    for (CameraEntry& entry : entries) {
      if (entry.camera.id != id) continue;
      VEDETTE_ASSIGN(entry.camera, change(entry.camera));
      ++updates;
      return ok();
    }
    return make_error(ErrorCode::kNotFound, "there is no camera \"" + id + "\"");
  }
  Result<void> remove(const std::string& id) override {
    if (!find(id)) return find(id).error();
    std::erase_if(entries, [&](const CameraEntry& entry) { return entry.camera.id == id; });
    return ok();
  }
  Result<void> confirm_device(const std::string& id) override {
    if (!find(id)) return find(id).error();
    for (CameraEntry& entry : entries)
      if (entry.camera.id == id) entry.status.other_device.reset();
    return ok();
  }
  std::shared_ptr<stream::Hub> hub(const std::string& camera, stream::StreamKind kind) override {
    const auto it = hubs.find({camera, kind});
    return it == hubs.end() ? nullptr : it->second;
  }

  std::vector<CameraEntry> entries;
  std::map<std::pair<std::string, stream::StreamKind>, std::shared_ptr<stream::Hub>> hubs;
  int updates = 0;

 private:
  const Clock& clock_;
};

class FakeSocket final : public net::WebSocketSession {
 public:
  void send_text(std::string text) override {
    if (counts_texts) queued += text.size();
    texts.push_back(std::move(text));
  }
  void send_binary(Bytes header, std::shared_ptr<const void>, ByteSpan payload) override {
    queued += header.size() + payload.size();
    header.insert(header.end(), payload.begin(), payload.end());
    binaries.push_back(std::move(header));
  }
  [[nodiscard]] size_t queued_bytes() const override { return queued; }
  void wake() override { ++wakes; }
  void close(uint16_t code, std::string) override { closed = code; }

  std::vector<std::string> texts;
  std::vector<Bytes> binaries;
  size_t queued = 0;          ///< as if nothing were ever taken, until a test sets it
  bool counts_texts = false;  ///< in `queued`, as pictures are
  int wakes = 0;
  int closed = 0;  ///< the code it was closed with
};

}  // namespace vedette::api
