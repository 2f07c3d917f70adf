// SPDX-License-Identifier: Apache-2.0
#include "ingest/discovery.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "onvif/http_url.h"

namespace vedette::ingest {
namespace {

/// When a question goes out; the same one, so that a device answers it once.
constexpr std::array<Duration, 3> kQuestions = {Duration(0), std::chrono::milliseconds(250),
                                                std::chrono::milliseconds(750)};

bool in_digits(const std::string& host) {
  return std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

Result<DiscoveryPlan> parse_discovery_plan(const std::vector<std::string>& texts) {
  DiscoveryPlan plan;
  if (texts.empty()) return plan;
  plan.network = false;
  for (const std::string& text : texts) {
    if (text == "network") {
      plan.network = true;
      continue;
    }
    const auto url = onvif::parse_http_url("http://" + text);
    if (!url || !in_digits(url->host) || url->path != "/")
      return make_error(ErrorCode::kInvalidArgument,
                        "write where to look for cameras as network, 10.1.0.20 or 10.1.0.20:3702");
    const bool port_given = text.find(':') != std::string::npos;
    plan.targets.push_back({url->host, port_given ? url->port : onvif::kDiscoveryPort});
  }
  return plan;
}

Discovery::Discovery(DiscoveryPlan plan, std::string message_id, MonoTime now, net::Survey& survey)
    : plan_(std::move(plan)), message_id_(std::move(message_id)), start_(now), survey_(survey) {
  if (plan_.network) report_.interfaces = survey_.interfaces();
  const auto outside = [](const net::Survey::Interface& one) { return !one.loopback; };
  const auto away = [](const DiscoveryPlan::Target& one) { return !one.host.starts_with("127."); };
  report_.network = std::any_of(report_.interfaces.begin(), report_.interfaces.end(), outside) ||
                    std::any_of(plan_.targets.begin(), plan_.targets.end(), away);
}

void Discovery::tick(MonoTime now) {
  if (done_) return;
  if (asked_ < kQuestions.size() && now >= start_ + kQuestions[asked_]) {
    ++asked_;
    ask();
  }
  read();
  done_ = now >= start_ + (plan_.network ? kLength : kTargetsLength);
}

void Discovery::ask() {
  const std::string question = onvif::build_probe(message_id_);
  if (plan_.network)
    survey_.ask_group(onvif::kDiscoveryGroup, onvif::kDiscoveryPort, as_bytes(question));
  // An address that cannot be asked is one that does not answer.
  for (const DiscoveryPlan::Target& target : plan_.targets)
    (void)survey_.ask(target.host, target.port, as_bytes(question));
}

void Discovery::read() {
  for (size_t i = 0; i < kMaxAnswersPerTick; ++i) {
    const auto answer = survey_.next();
    if (!answer) return;
    auto matches = onvif::parse_probe_matches(as_text(answer->datagram), message_id_);
    if (!matches) continue;  // somebody else's talk, or broken: nothing a person could act on
    for (onvif::ProbeMatch& match : *matches) add(answer->sender, std::move(match));
  }
}

void Discovery::add(const std::string& sender, onvif::ProbeMatch match) {
  auto service = onvif::choose_service(match, sender);
  if (!service || report_.devices.size() == kMaxDevices) return;
  // The same device by another interface has the same endpoint; without one, its address decides.
  const auto same = [&](const FoundDevice& found) {
    return found.service == *service ||
           (!match.endpoint.empty() && found.self.endpoint == match.endpoint);
  };
  if (std::any_of(report_.devices.begin(), report_.devices.end(), same)) return;
  report_.devices.push_back({sender, std::move(service).value(), std::move(match)});
}

DiscoveryReport Discovery::take() {
  VEDETTE_ASSERT(done_);
  std::sort(report_.devices.begin(), report_.devices.end(),
            [](const FoundDevice& a, const FoundDevice& b) {
              return std::tie(a.host, a.service.port, a.service.path) <
                     std::tie(b.host, b.service.port, b.service.path);
            });
  return std::move(report_);
}

}  // namespace vedette::ingest
