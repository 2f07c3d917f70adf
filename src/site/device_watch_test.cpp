// SPDX-License-Identifier: Apache-2.0
// Fault 16 of docs/trust.md: a camera at another's address.
#include "site/device_watch.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/id.h"
#include "ingest/fake_camera.h"
#include "site/stored_cameras.h"

namespace vedette::site {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Counter final : stream::Sink {
  size_t units = 0;
  void on_access_unit(const media::AccessUnitPtr&) override { ++units; }
  void on_break(const stream::Break&) override {}
  void on_tick(MonoTime) override {}
};

/// Two cameras at their addresses, `door` and `yard`, and a third in a box.
class Fault16 : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(dir_);
    config_ = store::ConfigStore::open(dir_ + "/config.db").value();
    const std::pair<const char*, ingest::FakeCamera*> all[] = {{"door", &door_}, {"yard", &yard_}};
    for (const auto& [name, camera] : all) {
      connector_.cameras[name] = camera;
      store::Camera stored;
      stored.id = stored.name = name;
      stored.main_url = std::string("rtsp://admin:secret@") + name + "/live";
      ASSERT_TRUE(config_->add_camera(stored));
      add_stream(name);
    }
    describe(door_, "00:40:8c:00:00:01", "IP Camera(C1111)");
    describe(yard_, "00:40:8c:00:00:02", "IP Camera(C2222)");
    describe(spare_, "00:40:8c:00:00:03", "IP Camera(C3333)");
    start_watch();
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void start_watch() {
    watch_ = std::make_unique<DeviceWatch>(clock_, *config_, [this] { return ingest_.status(); });
  }
  void add_stream(const std::string& name) {
    hubs_[name] = std::make_shared<stream::Hub>(clock_.wall());
    hubs_[name]->set_sink(&sinks_[name]);
    const std::string url = "rtsp://admin:secret@" + name + "/live";
    ASSERT_TRUE(ingest_.add({name, stream::StreamKind::kMain, url, {}}, hubs_[name]));
  }
  static void describe(ingest::FakeCamera& camera, std::string hardware, std::string realm) {
    camera.hardware = std::move(hardware);
    camera.realm = std::move(realm);
    camera.password = "secret";
  }
  /// The network gives the address to another device, and the old connection is lost.
  void move_in(const std::string& address, ingest::FakeCamera& camera) {
    connector_.cameras.at(address)->hang_up();
    connector_.cameras[address] = &camera;
  }
  void run(Duration time) {
    for (Duration passed{0}; passed < time; passed += milliseconds(20)) {
      clock_.advance(milliseconds(20));
      for (auto& [name, camera] : connector_.cameras) camera->tick();
      ingest_.tick();
    }
    watch_->step();
  }
  std::optional<OtherDevice> other(const std::string& camera) {
    const auto all = watch_->others();
    const auto found = all.find(camera);
    return found == all.end() ? std::nullopt : std::optional(found->second);
  }
  void expect_recorded(const std::string& camera) {
    const size_t before = sinks_[camera].units;
    run(seconds(5));
    EXPECT_GE(sinks_[camera].units, before + 100) << "recording goes on";
  }

  const std::string dir_ = testing::TempDir() + "vedette-device-" + random_id();
  FakeClock clock_;
  ingest::FakeCamera door_{clock_};
  ingest::FakeCamera yard_{clock_};
  ingest::FakeCamera spare_{clock_};
  ingest::FakeConnector connector_;
  std::map<std::string, Counter> sinks_;
  std::map<std::string, std::shared_ptr<stream::Hub>> hubs_;
  ingest::Ingest ingest_{clock_, connector_, 0};
  std::unique_ptr<store::ConfigStore> config_;
  std::unique_ptr<DeviceWatch> watch_;
};

TEST_F(Fault16, the_addresses_of_two_cameras_are_swapped) {
  run(seconds(5));
  EXPECT_FALSE(other("door"));
  move_in("door", yard_);
  move_in("yard", door_);
  const WallTime swapped = clock_.wall();
  run(seconds(10));
  ASSERT_TRUE(other("door"));
  EXPECT_EQ(other("door")->looks_like, "yard");
  EXPECT_EQ(other("door")->was, "00:40:8c:00:00:01");
  EXPECT_EQ(other("door")->is, "00:40:8c:00:00:02");
  EXPECT_GE(other("door")->since, swapped);
  ASSERT_TRUE(other("yard"));
  EXPECT_EQ(other("yard")->looks_like, "door");
  expect_recorded("door");
  expect_recorded("yard");
  move_in("door", door_);
  move_in("yard", yard_);
  run(seconds(10));
  EXPECT_FALSE(other("door")) << "each is back: nothing is to be confirmed";
  EXPECT_FALSE(other("yard"));
}

TEST_F(Fault16, a_camera_is_replaced_and_confirmed) {
  run(seconds(5));
  move_in("door", spare_);
  run(seconds(10));
  ASSERT_TRUE(other("door"));
  EXPECT_EQ(other("door")->looks_like, "");
  EXPECT_FALSE(other("yard"));
  expect_recorded("door");
  ASSERT_TRUE(watch_->confirm("door"));
  EXPECT_FALSE(other("door"));
  run(seconds(5));
  EXPECT_FALSE(other("door"));
  // The old one comes back from repair: it was the camera before.
  move_in("door", door_);
  run(seconds(10));
  EXPECT_FALSE(other("door"));
}

TEST_F(Fault16, another_one_refuses_the_password) {
  run(seconds(5));
  spare_.password = "different";
  move_in("door", spare_);
  run(seconds(10));
  ASSERT_TRUE(other("door")) << "that is why the password is refused";
  EXPECT_EQ(other("door")->is, "00:40:8c:00:00:03");
}

TEST_F(Fault16, a_firmware_update_asks_nothing) {
  run(seconds(5));
  door_.server = "Another Server/2.0";
  door_.realm = "streaming";
  door_.hang_up();
  run(seconds(10));
  EXPECT_FALSE(other("door"));
  expect_recorded("door");
}

TEST_F(Fault16, behind_a_router_the_serial_number_tells) {
  for (ingest::FakeCamera* camera : {&door_, &yard_, &spare_}) camera->hardware.clear();
  run(seconds(5));
  move_in("door", spare_);
  run(seconds(10));
  ASSERT_TRUE(other("door"));
  EXPECT_EQ(other("door")->was, "IP Camera(C1111)");
  EXPECT_EQ(other("door")->is, "IP Camera(C3333)");
}

TEST_F(Fault16, cameras_that_say_nothing_of_themselves_are_left_alone) {
  for (ingest::FakeCamera* camera : {&door_, &spare_}) describe(*camera, "", "camera");
  run(seconds(5));
  move_in("door", spare_);
  run(seconds(10));
  EXPECT_FALSE(other("door")) << "nothing tells them apart, so nothing is claimed";
}

TEST_F(Fault16, the_recorder_is_restarted_meanwhile) {
  run(seconds(5));
  move_in("door", spare_);
  run(seconds(10));
  const auto before = other("door");
  ASSERT_TRUE(before);
  watch_.reset();
  config_ = store::ConfigStore::open(dir_ + "/config.db").value();
  clock_.advance(seconds(3600));
  start_watch();
  ASSERT_TRUE(other("door")) << "known at once";
  EXPECT_EQ(other("door")->since, before->since);
  run(seconds(10));
  EXPECT_EQ(other("door")->since, before->since);
  // The same from the configuration alone, and confirmed there.
  StoredCameras stored(clock_, *config_);
  EXPECT_TRUE(stored.find("door")->status.other_device);
  ASSERT_TRUE(stored.confirm_device("door"));
  EXPECT_FALSE(stored.find("door")->status.other_device);
  EXPECT_FALSE(stored.confirm_device("nobody"));
}

TEST_F(Fault16, a_person_who_moves_the_camera_is_believed) {
  run(seconds(5));
  move_in("door", spare_);
  run(seconds(10));
  ASSERT_TRUE(other("door"));
  StoredCameras stored(clock_, *config_);
  const auto move_to = [&](const std::string& url) {
    return stored.update("door", [&url](store::Camera door) -> Result<store::Camera> {
      door.main_url = url;
      return door;
    });
  };
  ASSERT_TRUE(move_to("rtsp://admin:new@door/other"));
  EXPECT_TRUE(stored.find("door")->status.other_device) << "a password says nothing of the place";
  ASSERT_TRUE(move_to("rtsp://admin:new@192.168.1.77/other"));
  EXPECT_FALSE(stored.find("door")->status.other_device);
}

TEST_F(Fault16, a_configuration_that_cannot_be_written_hides_nothing) {
  run(seconds(5));
  ASSERT_TRUE(config_->remove_camera("door"));  // what is written of it is refused from now on
  move_in("yard", spare_);
  move_in("door", yard_);
  run(seconds(10));
  EXPECT_TRUE(other("yard"));
  EXPECT_FALSE(watch_->confirm("door"));
}

TEST_F(Fault16, a_camera_that_was_removed_is_forgotten) {
  run(seconds(5));
  ingest_.remove("door");
  ASSERT_TRUE(config_->remove_camera("door"));
  watch_->drop("door");
  EXPECT_EQ(config_->devices()->size(), 1U);
  // A new camera of that name learns what answers then.
  store::Camera again;
  again.id = again.name = "door";
  again.main_url = "rtsp://admin:secret@door/live";
  ASSERT_TRUE(config_->add_camera(again));
  connector_.cameras["door"] = &spare_;
  add_stream("door");
  run(seconds(10));
  EXPECT_FALSE(other("door"));
  EXPECT_EQ(config_->devices()->front().known.front().hardware, "00:40:8c:00:00:03");
}

}  // namespace
}  // namespace vedette::site
