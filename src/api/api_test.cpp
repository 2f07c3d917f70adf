// SPDX-License-Identifier: Apache-2.0
// The router itself, and the routes of the service: its status, metrics, fsck and the page.
#include <type_traits>

#include "api/api_fixture.h"

namespace vedette::api {
namespace {

// A route without a policy does not compile.
static_assert(!std::is_constructible_v<Route, Method, std::string, Handler>);

static_assert(!std::is_constructible_v<Route, std::string, SocketHandler>);
static_assert(std::is_constructible_v<Route, Method, std::string, auth::Policy, Handler>);
static_assert(std::is_constructible_v<Route, std::string, auth::Policy, SocketHandler>);

TEST_F(ApiTest, says_that_it_is_there) {
  const auto response = get("/healthz");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"status":"ok"})");
  EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(ask(Method::kHead, "/healthz").status, 200);
}

TEST_F(ApiTest, a_supervisor_waits_for_no_handler_thread_and_others_do) {
  net::Request request;
  request.path = "/healthz";
  ASSERT_TRUE(router_->handle_at_once(request));
  EXPECT_EQ(router_->handle_at_once(request)->body, R"({"status":"ok"})");
  for (const char* path : {"/metrics", "/api/v1/status", "/api/v1/health", "/"}) {
    request.path = path;
    EXPECT_FALSE(router_->handle_at_once(request)) << path;
  }
}

TEST_F(ApiTest, tells_its_status_and_counts) {
  add_door();
  StreamStatus stream;
  stream.state = CameraState::kRecording;
  stream.packets = 1234;
  stream.ring_bytes = 250'000;
  stream.last_fragment = clock_.wall() - std::chrono::seconds(2);
  cameras_.entries[0].status.streams = {stream};
  EXPECT_EQ(get("/api/v1/status").status, 200);
  get("/api/v1/nothing");
  const auto response = get("/metrics");
  EXPECT_EQ(response.status, 200);
  for (const char* line :
       {R"(vedette_stream_packets_total{camera="door",stream="main"} 1234)",
        R"(vedette_stream_up{camera="door",stream="main"} 1)",
        R"(vedette_stream_ring_bytes{camera="door",stream="main"} 250000)",
        R"(vedette_stream_last_fragment_age_seconds{camera="door",stream="main"} 2)",
        R"(vedette_http_requests_total{status="4xx"} 1)", "vedette_live_sockets 0",
        R"(vedette_volume_up{path="/srv/old"} 0)"}) {
    EXPECT_NE(response.body.find(line), std::string::npos) << line << "\n" << response.body;
  }
}

TEST_F(ApiTest, refuses_an_fsck_with_a_field_that_it_does_not_have) {
  const net::Response refused = ask(Method::kPost, "/api/v1/fsck", R"({"rebuld":true})");
  EXPECT_EQ(problem_of(refused), "400 invalid_argument");
  EXPECT_NE(refused.body.find("rebuld"), std::string::npos) << refused.body;
  EXPECT_TRUE(json::parse(get("/api/v1/fsck").body).at("started_us").is_null());
}

TEST_F(ApiTest, starts_shows_and_cancels_fsck) {
  EXPECT_TRUE(json::parse(get("/api/v1/fsck").body).at("started_us").is_null());
  const net::Response started = ask(Method::kPost, "/api/v1/fsck", R"({"rebuild":true})");
  EXPECT_EQ(started.status, 202);
  const json::value running = json::parse(started.body);
  EXPECT_TRUE(running.at("running").as_bool());
  EXPECT_TRUE(running.at("rebuild").as_bool());
  EXPECT_FALSE(running.at("quick").as_bool());
  EXPECT_EQ(running.at("progress").at("of_files").to_number<int>(), 10);
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/fsck", "{}")), "409 already_running");
  EXPECT_EQ(problem_of(ask(Method::kPost, "/api/v1/fsck", R"({"quick":"yes"})")).substr(0, 3),
            "400");
  EXPECT_EQ(ask(Method::kDelete, "/api/v1/fsck").status, 202);
  const json::value report = json::parse(get("/api/v1/fsck").body).at("report");
  EXPECT_FALSE(report.at("clean").as_bool());
  EXPECT_TRUE(report.at("cancelled").as_bool());
  EXPECT_EQ(report.at("problems").to_number<int>(), 1);
  EXPECT_EQ(report.at("counts").at("unlisted_file").to_number<int>(), 1);
  EXPECT_EQ(report.at("findings").at(1).at("kind").as_string(), "foreign_file");
  EXPECT_TRUE(report.at("findings").at(1).at("note").as_bool());
}

TEST_F(ApiTest, serves_the_page_and_its_places) {
  const auto index = get("/");
  ASSERT_EQ(index.status, 200);
  EXPECT_EQ(index.headers.get("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.headers.get("Cache-Control"), "no-cache");
  EXPECT_NE(index.headers.get("Content-Security-Policy").find("default-src 'none'"),
            std::string::npos);
  EXPECT_FALSE(index.etag.empty());
  const auto place = get("/watch/door@2026-11-22T14:03:27.2");
  EXPECT_EQ(place.headers.get("Content-Type"), "text/html; charset=utf-8");
  const auto script = get("/assets/app-1a2b3c.js");
  EXPECT_EQ(script.headers.get("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(problem_of(get("/assets/gone.js")), "404 not_found");
  EXPECT_EQ(problem_of(get("/.secret.txt")), "404 not_found");
  EXPECT_EQ(problem_of(ask(Method::kPost, "/", "{}")), "405 method_not_allowed");
}

TEST_F(ApiTest, says_that_the_page_is_not_built) {
  const Services services{clock_, cameras_, *stored_, system_,   archive_, *exports_,
                          fsck_,  holds_,   *config_, *volumes_, finder_,  "/nonexistent"};
  router_ = make_router(services);
  EXPECT_NE(detail_of(get("/")).find("./run builds it"), std::string::npos);
}

TEST_F(ApiTest, knows_what_it_does_not_have) {
  EXPECT_EQ(problem_of(get("/api/v1/faces")), "404 not_found");
  EXPECT_EQ(problem_of(get("/api/v2/cameras")), "404 not_found");
  EXPECT_EQ(problem_of(get("/api/v1/cameras/")), "404 not_found");
  const auto wrong = ask(Method::kDelete, "/api/v1/cameras");
  EXPECT_EQ(problem_of(wrong), "405 method_not_allowed");
  EXPECT_EQ(wrong.headers.get("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(problem_of(get("/api/v1/live")), "426 upgrade_required");
}

TEST_F(ApiTest, opens_the_live_socket_and_no_other) {
  net::Request request;
  request.path = "/api/v1/live";
  auto answer = router_->open_websocket(request);
  EXPECT_TRUE(std::holds_alternative<std::unique_ptr<net::WebSocketHandler>>(answer));
  request.path = "/api/v1/cameras";
  EXPECT_EQ(std::get<net::Response>(router_->open_websocket(request)).status, 404);
}

TEST_F(ApiTest, lists_its_routes_for_the_document) {
  const char* path = std::getenv("VEDETTE_API_EXCHANGES");
  if (path == nullptr) GTEST_SKIP() << "openapi_check.py asks for it";
  std::vector<const Route*> routes = {&router_->fallback()};
  for (const Route& route : router_->routes()) routes.push_back(&route);
  for (const Route* route : routes) {
    const json::object line{
        {"route", route->pattern()},
        {"method", json::string_view(net::to_string(route->method()))},
        {"operation", json::string_view(auth::to_string(route->policy().operation()))},
        {"object", json::string_view(auth::to_string(route->policy().object()))},
        {"rendition", json::string_view(auth::to_string(route->policy().pictures()))}};
    std::ofstream(path, std::ios::app) << json::serialize(line) << "\n";
  }
}

}  // namespace
}  // namespace vedette::api
