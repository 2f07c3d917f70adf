// SPDX-License-Identifier: Apache-2.0
#include "ingest/ingest.h"

#include <algorithm>
#include <utility>

#include "ingest/camera_session.h"
#include "ingest/login.h"
#include "ingest/shard.h"

namespace vedette::ingest {

namespace {
constexpr size_t kStreamsBeforeNext = 64;
}  // namespace

std::string_view to_string(StreamState state) {
  switch (state) {
    case StreamState::kConnecting:
      return "connecting";
    case StreamState::kLive:
      return "live";
    case StreamState::kDown:
      return "down";
  }
  VEDETTE_ASSERT(false);
}

Ingest::Ingest(const Clock& clock, net::Connector& connector, int shards)
    : clock_(clock), connector_(connector), threaded_(shards > 0) {
  for (int i = 0; i < std::max(shards, 1); ++i)
    shards_.push_back(std::make_unique<Shard>(threaded_));
}

Ingest::~Ingest() = default;

Shard& Ingest::shard_of(const std::string& camera) {
  // Both streams of a camera live on one shard. A shard is filled before the next one wakes up, as
  // a wake-up costs as much for one camera as for sixty; past that a new one goes where there are
  // fewest.
  const auto known = shard_of_camera_.find(camera);
  if (known != shard_of_camera_.end()) return *shards_[known->second];
  const auto roomy = std::find_if(shards_.begin(), shards_.end(), [](const auto& shard) {
    return shard->size() < kStreamsBeforeNext;
  });
  const auto least =
      roomy != shards_.end()
          ? roomy
          : std::min_element(shards_.begin(), shards_.end(),
                             [](const auto& a, const auto& b) { return a->size() < b->size(); });
  shard_of_camera_[camera] = static_cast<size_t>(least - shards_.begin());
  return **least;
}

std::shared_ptr<Login> Ingest::login_of(const rtsp::Url& url) {
  if (url.user.empty() && url.password.empty()) return nullptr;
  std::erase_if(logins_, [](const auto& entry) { return entry.second.expired(); });
  const std::string key =
      url.user + '\n' + url.password + '\n' + url.host + '\n' + std::to_string(url.port);
  if (auto known = logins_[key].lock()) return known;
  auto login = std::make_shared<Login>();
  logins_[key] = login;
  return login;
}

Result<void> Ingest::add(StreamConfig config, std::shared_ptr<stream::Hub> hub) {
  const auto url = rtsp::parse_url(config.url);
  if (!url) return url.error();
  Shard* shard = nullptr;
  std::shared_ptr<Login> login;
  {
    MutexLock lock(mutex_);
    shard = &shard_of(config.camera);
    login = login_of(*url);
  }
  CameraSession::Parts parts{std::move(hub), std::move(login), clock_, connector_};
  shard->add(std::make_shared<CameraSession>(std::move(config), std::move(parts)));
  return ok();
}

void Ingest::try_again(const std::string& camera) {
  Shard* shard = nullptr;
  {
    MutexLock lock(mutex_);
    const auto known = shard_of_camera_.find(camera);
    if (known == shard_of_camera_.end()) return;
    shard = shards_[known->second].get();
  }
  shard->try_again(camera);
}

void Ingest::remove(const std::string& camera) {
  Shard* shard = nullptr;
  {
    MutexLock lock(mutex_);
    const auto known = shard_of_camera_.find(camera);
    if (known == shard_of_camera_.end()) return;
    shard = shards_[known->second].get();
    shard_of_camera_.erase(known);
  }
  shard->remove(camera, std::nullopt);
}

std::vector<StreamStatus> Ingest::status() const {
  std::vector<StreamStatus> all;
  for (const auto& shard : shards_) {
    auto some = shard->status();
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

void Ingest::tick() {
  VEDETTE_ASSERT(!threaded_);
  for (const auto& shard : shards_) shard->tick();
}

}  // namespace vedette::ingest
