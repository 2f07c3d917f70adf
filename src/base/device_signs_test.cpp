// SPDX-License-Identifier: Apache-2.0
#include "base/device_signs.h"

#include <gtest/gtest.h>

namespace vedette {
namespace {

struct Row {
  const char* what;
  DeviceSigns known;
  DeviceSigns now;
  bool other;
};

constexpr const char* kMac = "00:40:8c:12:34:56";
constexpr const char* kOtherMac = "00:40:8c:65:43:21";

// tidy: table
const Row kRows[] = {
    {"nothing is known of either", {}, {}, false},
    {"another network card", {kMac, "r", "s", "n"}, {kOtherMac, "r", "s", "n"}, true},
    {"the same card after an update of everything else",
     {kMac, "Login to 4K01A2BPAG12345", "Rtsp Server/2.0", "Media Server"},
     {kMac, "IP Camera(C9876)", "Hipcam RealServer/V1.0", "Media Presentation"},
     false},
    {"a card seen for the first time", {"", "r", "s", "n"}, {kMac, "r", "s", "n"}, false},
    {"one camera with a cable and with Wi-Fi",
     {kMac, "AXIS_ACCC8E123456", "", ""},
     {kOtherMac, "AXIS_ACCC8E123456", "", ""},
     false},
    {"an address that software makes up anew",
     {"02:42:ac:11:00:02", "", "s", "n"},
     {"02:42:ac:11:00:03", "", "s", "n"},
     false},
    {"two cameras of one model, by serial number (Hikvision)",
     {"", "IP Camera(C1234)", "", "Media Presentation"},
     {"", "IP Camera(C9876)", "", "Media Presentation"},
     true},
    {"two cameras of one model, by serial number (Dahua)",
     {"", "Login to 4K01A2BPAG12345", "Rtsp Server/2.0", "Media Server"},
     {"", "Login to 4K01A2BPAG54321", "Rtsp Server/2.0", "Media Server"},
     true},
    {"two cameras of one model, by hardware address (Hanwha)",
     {"", "iPolis_00:09:18:12:34:56", "", ""},
     {"", "iPolis_00:09:18:65:43:21", "", ""},
     true},
    {"an update that puts the serial number into the realm",
     {"", "IP Camera", "Server/1.0", "Media Presentation"},
     {"", "IP Camera(C1234)", "Server/2.0", "Media Presentation"},
     false},
    {"another make",
     {"", "BC Streaming Media", "Server/1.0", "Session streamed"},
     {"", "LIVE555 Streaming Media", "LIVE555/0.92", "Session streamed"},
     true},
    {"a new version of the same server",
     {"", "", "Hipcam RealServer/V1.0", "n"},
     {"", "", "Hipcam RealServer/V2.1", "n"},
     false},
    {"no password, another make",
     {"", "", "Hipcam RealServer/V1.0", "HipSession"},
     {"", "", "GStreamer RTSP server", "Session streamed with GStreamer"},
     true},
    {"no password, another server and the same name of the session",
     {"", "", "Hipcam RealServer/V1.0", "live"},
     {"", "", "Rtsp Server/2.0", "live"},
     false},
    {"it says less than before",
     {"", "Login to 4K01A2BPAG12345", "s", "n"},
     {"", "", "s", "n"},
     false},
};

TEST(DeviceSigns, tell_another_device_from_an_update) {
  for (const Row& row : kRows) {
    EXPECT_EQ(tell_apart(row.known, row.now).has_value(), row.other) << row.what;
    EXPECT_EQ(tell_apart(row.now, row.known).has_value(), row.other) << row.what << ", reversed";
    EXPECT_FALSE(tell_apart(row.known, row.known)) << row.what;
  }
}

TEST(DeviceSigns, say_by_what_they_are_told_apart) {
  const DeviceSigns a{kMac, "one", "s", "n"};
  const DeviceSigns b{kOtherMac, "two", "s", "n"};
  EXPECT_EQ(tell_apart(a, b), (DeviceChange{kMac, kOtherMac}));
}

TEST(DeviceSigns, only_rare_signs_are_sure) {
  EXPECT_TRUE(surely_same({kMac, "", "", ""}, {kMac, "x", "", ""}));
  EXPECT_TRUE(surely_same({"", "IP Camera(C1234)", "", ""}, {"", "IP Camera(C1234)", "", ""}));
  EXPECT_FALSE(surely_same({"", "LIVE555 Streaming Media", "s", "n"},
                           {"", "LIVE555 Streaming Media", "s", "n"}));
  EXPECT_FALSE(surely_same({}, {}));
  EXPECT_FALSE(surely_same({"zz", "", "", ""}, {"zz", "", "", ""})) << "no hardware address";
}

TEST(DeviceSigns, keep_nothing_that_could_harm_a_page_or_a_log) {
  EXPECT_EQ(device_sign("  IP \r\n\x1b[31mCamera\x80 "), "IP [31mCamera");
  EXPECT_EQ(device_sign(std::string(5000, 'a')).size(), kMaxDeviceSign);
  EXPECT_EQ(device_sign("   "), "");
}

}  // namespace
}  // namespace vedette
