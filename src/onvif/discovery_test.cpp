// SPDX-License-Identifier: Apache-2.0
#include "onvif/discovery.h"

#include <gtest/gtest.h>

#include "onvif/testing_answers.h"

namespace vedette::onvif {
namespace {

constexpr std::string_view kAsked = "0a6dc791-2be6-4991-9af1-454778a1917a";

ProbeMatch one(const std::string& file) {
  auto matches = parse_probe_matches(fixture(file), kAsked);
  EXPECT_TRUE(matches.has_value()) << (matches ? "" : matches.error().message());
  if (!matches || matches->size() != 1) return {};
  return std::move(matches->front());
}

TEST(Discovery, reads_what_vendors_answer) {
  struct Row {
    const char* file;
    const char* sender;
    const char* name;
    const char* hardware;
    const char* service;
  };
  const Row rows[] = {
      {"hikvision_ds2cd_probe_match.xml", "192.168.1.64", "HIKVISION DS-2CD2043G2-I",
       "DS-2CD2043G2-I", "http://192.168.1.64/onvif/device_service"},
      {"dahua_ipc_hfw_probe_match.xml", "192.168.1.108", "Dahua", "IPC-HFW2431S",
       "http://192.168.1.108/onvif/device_service"},
      {"tapo_c200_probe_match.xml", "192.168.1.77", "", "C200",
       "http://192.168.1.77:2020/onvif/device_service"}};
  for (const Row& row : rows) {
    const ProbeMatch match = one(row.file);
    EXPECT_EQ(match.name, row.name) << row.file;
    EXPECT_EQ(match.hardware, row.hardware) << row.file;
    EXPECT_FALSE(match.endpoint.empty()) << row.file;
    const auto service = choose_service(match, row.sender);
    ASSERT_TRUE(service.has_value()) << row.file;
    EXPECT_EQ(service->text(), row.service) << row.file;
  }
}

TEST(Discovery, a_device_that_names_a_stranger_is_talked_to_where_it_answered_from) {
  const auto service = choose_service(one("docker_bridge_probe_match.xml"), "192.168.1.20");
  ASSERT_TRUE(service.has_value());
  EXPECT_EQ(service->text(), "https://192.168.1.20:8443/onvif/device_service");
}

TEST(Discovery, a_device_without_any_address_has_no_service) {
  ProbeMatch match;
  EXPECT_EQ(choose_service(match, "192.168.1.20").error().code, ErrorCode::kNotFound);
  match.addresses = {"ftp://192.168.1.20/", "soap.udp://x"};
  EXPECT_EQ(choose_service(match, "192.168.1.20").error().code, ErrorCode::kNotFound);
}

TEST(Discovery, answers_to_somebody_else_are_not_ours) {
  const auto matches = parse_probe_matches(fixture("hikvision_ds2cd_probe_match.xml"), "other");
  ASSERT_FALSE(matches.has_value());
  EXPECT_EQ(matches.error().code, ErrorCode::kNotFound);
}

TEST(Discovery, entities_are_refused_before_they_are_read) {
  const auto matches = parse_probe_matches(fixture("billion_laughs.xml"), kAsked);
  ASSERT_FALSE(matches.has_value());
  EXPECT_EQ(matches.error().code, ErrorCode::kDataLoss);
}

TEST(Discovery, nesting_without_end_is_refused) {
  std::string deep = "<a>";
  for (int i = 0; i < 60; ++i) deep = "<a>" + deep + "</a>";
  const auto matches =
      parse_probe_matches("<x>" + deep.insert(60 * 3 + 3, "</a>") + "</x>", kAsked);
  ASSERT_FALSE(matches.has_value());
  EXPECT_EQ(matches.error().code, ErrorCode::kResourceExhausted) << matches.error().what;
}

TEST(Discovery, what_we_ask_is_understood_by_our_own_device) {
  const auto id = parse_probe(build_probe(kAsked));
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(*id, "urn:uuid:" + std::string(kAsked));
  ProbeMatch match;
  match.endpoint = "urn:uuid:1";
  match.addresses = {"http://127.0.0.1:8090/onvif/cam0/device_service"};
  match.name = "Yard & gate/2";
  match.hardware = "Sim";
  const auto matches = parse_probe_matches(build_probe_match(match, *id, "2"), kAsked);
  ASSERT_TRUE(matches.has_value()) << matches.error().message();
  ASSERT_EQ(matches->size(), 1U);
  EXPECT_EQ(matches->front().name, match.name);
  EXPECT_EQ(matches->front().addresses, match.addresses);
  EXPECT_EQ(matches->front().endpoint, match.endpoint);
}

TEST(Discovery, a_printer_is_not_looked_for_here) {
  std::string probe = build_probe(kAsked);
  const std::string ours = "dn:NetworkVideoTransmitter";
  probe.replace(probe.find(ours), ours.size(), "wprt:PrintDeviceType");
  EXPECT_EQ(parse_probe(probe).error().code, ErrorCode::kUnsupported);
}

TEST(HttpUrl, is_what_a_person_types) {
  const std::pair<const char*, const char*> rows[] = {
      {"192.168.1.20", "http://192.168.1.20/onvif/device_service"},
      {"Camera.local:8080", "http://camera.local:8080/onvif/device_service"},
      {"http://192.168.1.20:2020/", "http://192.168.1.20:2020/onvif/device_service"},
      {"https://10.0.0.1/x?y=1", "https://10.0.0.1/x?y=1"},
      {"fe80::1", "http://[fe80::1]/onvif/device_service"},
      {"[fe80::1]:81", "http://[fe80::1]:81/onvif/device_service"},
      {"http://admin:secret@192.168.1.20/", "http://192.168.1.20/onvif/device_service"}};
  for (const auto& [typed, meant] : rows) {
    const auto url = parse_device_address(typed);
    ASSERT_TRUE(url.has_value()) << typed;
    EXPECT_EQ(url->text(), meant);
  }
  for (const char* wrong : {"", "rtsp://192.168.1.20/", "a b", "host:0", "host:99999", "host:",
                            "http://", "http://[::1", "<script>", "192.168.1.20\r\nX: y"}) {
    EXPECT_FALSE(parse_device_address(wrong).has_value()) << wrong;
  }
}

TEST(HttpUrl, of_an_answer_stays_on_the_host_that_answered) {
  const std::pair<const char*, const char*> rows[] = {
      {"rtsp://10.9.9.9:554/live", "rtsp://192.168.1.20:554/live"},
      {"rtsp://user:pw@10.9.9.9/a?b=c#d", "rtsp://192.168.1.20/a?b=c"},
      {"HTTP://evil.example/x", "http://192.168.1.20/x"},
      {"rtsp://[fe80::1]/x", "rtsp://192.168.1.20/x"}};
  for (const auto& [named, used] : rows) {
    const auto moved = on_same_host(named, "192.168.1.20");
    ASSERT_TRUE(moved.has_value()) << named;
    EXPECT_EQ(*moved, used);
  }
  for (const char* wrong : {"file:///etc/passwd", "gopher://x/", "rtsp://h:x/", "//h/", "rtsp:/h"})
    EXPECT_FALSE(on_same_host(wrong, "192.168.1.20").has_value()) << wrong;
}

}  // namespace
}  // namespace vedette::onvif
