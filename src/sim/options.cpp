// SPDX-License-Identifier: Apache-2.0
#include "sim/options.h"

#include <array>
#include <charconv>

namespace vedette::sim {
namespace {

Error wrong(std::string_view name, std::string_view value, std::string_view example) {
  return make_error(ErrorCode::kInvalidArgument,
                    "--" + std::string(name) + " " + std::string(value) + ": write it like --" +
                        std::string(name) + " " + std::string(example));
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "250ms", "20s", "1.5m", "1h"; more than nothing and at most a day.
std::optional<Duration> parse_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double us;
  };
  constexpr std::array<Unit, 4> kUnits = {{{"ms", 1e3}, {"s", 1e6}, {"m", 60e6}, {"h", 3600e6}}};
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    const auto number = parse_number(text.substr(0, text.size() - unit.name.size()));
    if (!number) continue;
    const double us = *number * unit.us;
    if (!(us >= 1) || us > 86'400e6) return std::nullopt;
    return Duration(static_cast<int64_t>(us));
  }
  return std::nullopt;
}

/// "30s:3s"; without the second part it lasts `length`, if that is given.
std::optional<Pulse> parse_pulse(std::string_view text, std::optional<Duration> length) {
  const size_t colon = text.find(':');
  const auto every = parse_duration(text.substr(0, colon));
  if (colon != std::string_view::npos) length = parse_duration(text.substr(colon + 1));
  if (!every || !length || *length >= *every) return std::nullopt;
  return Pulse{*every, *length};
}

Result<void> set_probability(double& out, std::string_view name, std::string_view value) {
  const auto number = parse_number(value);
  if (!number || !(*number >= 0 && *number < 1))
    return wrong(name, value, "0.01 (a probability from 0 to below 1)");
  out = *number;
  return ok();
}

}  // namespace

Result<void> set_fault(FaultPlan& plan, std::string_view name, std::string_view value) {
  if (name == "drop") return set_probability(plan.drop, name, value);
  if (name == "reorder") return set_probability(plan.reorder, name, value);
  if (name == "stall") {
    plan.stall = parse_pulse(value, std::nullopt);
    return plan.stall ? ok() : wrong(name, value, "20s:5s (every 20 s for 5 s)");
  }
  if (name == "reboot") {
    plan.reboot = parse_pulse(value, std::chrono::seconds(3));
    return plan.reboot ? ok() : wrong(name, value, "30s:3s (every 30 s, away for 3 s)");
  }
  if (name == "change-parameters") {
    plan.change_parameters = parse_duration(value);
    return plan.change_parameters ? ok() : wrong(name, value, "20s");
  }
  if (name == "garbage") {
    plan.garbage = parse_duration(value);
    return plan.garbage ? ok() : wrong(name, value, "10s");
  }
  if (name == "drift") {
    const auto ppm = parse_number(value);
    if (!ppm || !(*ppm >= -100'000 && *ppm <= 100'000))
      return wrong(name, value, "500 (parts per million, at most 100000 either way)");
    plan.drift_ppm = *ppm;
    return ok();
  }
  return make_error(ErrorCode::kInvalidArgument,
                    "--" + std::string(name) +
                        " is no fault: there are drop, reorder, stall, reboot, change-parameters, "
                        "garbage and drift");
}

Result<void> check(const SimOptions& options) {
  const auto refuse = [](std::string_view what) {
    return make_error(ErrorCode::kInvalidArgument, std::string(what));
  };
  if (options.cameras < 1 || options.cameras > kMaxCameras)
    return refuse("--cameras takes 1 to 256");
  if (options.file.empty() && options.cache_dir.empty())
    return refuse("scenes need a folder to be kept in");
  if (options.scenes < 1 || options.scenes > kMaxCameras) return refuse("--scenes takes 1 to 256");
  if (options.mtu < 64 || options.mtu > 60'000) return refuse("--mtu takes 64 to 60000");
  if (options.fps < 1 || options.fps > 60) return refuse("--fps takes 1 to 60");
  const FaultPlan& faults = options.faults;
  if (options.stamp &&
      (!options.file.empty() || options.once || faults.drift_ppm != 0 || faults.change_parameters))
    return refuse(
        "--stamp is drawn into scenes whose time is true: not with --file, --once, --drift or "
        "--change-parameters");
  if (!media::is_video(options.codec)) return refuse("scenes are coded as h264 or h265");
  if (options.auth != rtsp::ServerScheme::kNone && options.user.empty())
    return refuse("a login needs a user name");
  return ok();
}

}  // namespace vedette::sim
