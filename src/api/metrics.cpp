// SPDX-License-Identifier: Apache-2.0
#include "api/metrics.h"

#include <functional>
#include <optional>

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace vedette::api {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

void put(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  family.metric.push_back(std::move(metric));
}

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

struct StreamMetric {
  const char* name;
  const char* help;
  MetricType type;
  /// None: not known, and said of no number. The sample is left out.
  std::optional<double> (*value)(const StreamStatus&, WallTime now);
};

double number(uint64_t value) { return static_cast<double>(value); }
std::optional<double> known(double value) { return value; }
std::optional<double> count(uint64_t value) { return number(value); }

std::optional<double> fragment_age(const StreamStatus& stream, WallTime now) {
  if (!stream.last_fragment) return -1;
  return static_cast<double>((now - *stream.last_fragment).count()) / 1e6;
}

// tidy: table
const StreamMetric kStreamMetrics[] = {
    {"vedette_stream_up", "1 while the stream is recorded", MetricType::Gauge,
     [](const StreamStatus& s, WallTime) {
       return known(s.state == CameraState::kRecording ? 1.0 : 0.0);
     }},
    {"vedette_stream_packets_total", "RTP packets received", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.packets); }},
    {"vedette_stream_lost_packets_total", "RTP packets missing", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.lost_packets); }},
    {"vedette_stream_received_bytes_total", "Bytes received", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.bytes); }},
    {"vedette_stream_reconnects_total", "Sessions after the first", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.reconnects); }},
    {"vedette_stream_fragments_total", "Fragments committed", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.fragments); }},
    {"vedette_stream_committed_bytes_total", "Bytes of committed fragments", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.committed_bytes); }},
    {"vedette_stream_lost_frames_total", "Pictures left out after a loss", MetricType::Counter,
     [](const StreamStatus& s, WallTime) { return count(s.lost_frames); }},
    {"vedette_stream_bitrate", "Bit/s over the last seconds", MetricType::Gauge,
     [](const StreamStatus& s, WallTime) { return known(static_cast<double>(s.bitrate)); }},
    {"vedette_stream_fps", "Pictures per second over the last seconds", MetricType::Gauge,
     [](const StreamStatus& s, WallTime) { return known(s.fps); }},
    {"vedette_stream_loss_ratio", "Share of the packets lost over the last minute",
     MetricType::Gauge, [](const StreamStatus& s, WallTime) { return s.loss; }},
    {"vedette_stream_time_error_seconds", "The moments of its pictures are right to within",
     MetricType::Gauge,
     [](const StreamStatus& s, WallTime) {
       return s.time ? known(s.time->error_us / 1e6) : std::nullopt;
     }},
    {"vedette_stream_clock_offset_seconds", "The camera's UTC minus ours, give or take 0.25 s",
     MetricType::Gauge,
     [](const StreamStatus& s, WallTime) {
       const bool says = s.time && s.time->camera_clock;
       return says ? known(static_cast<double>(s.time->camera_clock->offset.count()) / 1e6)
                   : std::nullopt;
     }},
    {"vedette_stream_ring_bytes",
     "Held for viewers: the newest GOP, and while somebody watches the one before",
     MetricType::Gauge, [](const StreamStatus& s, WallTime) { return count(s.ring_bytes); }},
    {"vedette_stream_last_fragment_age_seconds",
     "Since the end of the newest committed fragment; -1 before the first", MetricType::Gauge,
     &fragment_age},
};

void add_streams(const std::vector<CameraEntry>& cameras, WallTime now,
                 std::vector<MetricFamily>& out) {
  for (const StreamMetric& metric : kStreamMetrics) {
    MetricFamily next = family(metric.name, metric.help, metric.type);
    for (const CameraEntry& entry : cameras) {
      for (const StreamStatus& stream : entry.status.streams) {
        const auto value = metric.value(stream, now);
        if (!value) continue;
        put(next,
            {{"camera", entry.camera.id}, {"stream", std::string(media::to_string(stream.kind))}},
            *value);
      }
    }
    out.push_back(std::move(next));
  }
}

void add_cameras(const std::vector<CameraEntry>& cameras, std::vector<MetricFamily>& out) {
  MetricFamily states =
      family("vedette_camera_state", "1 for the state the camera is in", MetricType::Gauge);
  for (const CameraEntry& entry : cameras) {
    for (const CameraState state :
         {CameraState::kRecording, CameraState::kNotRecording, CameraState::kNotScheduled,
          CameraState::kConnecting, CameraState::kDown}) {
      put(states, {{"camera", entry.camera.id}, {"state", std::string(to_string(state))}},
          entry.status.state == state ? 1 : 0);
    }
  }
  out.push_back(std::move(states));
  MetricFamily alarms = family("vedette_camera_alarm", "1 while nothing has been recorded for 30 s",
                               MetricType::Gauge);
  for (const CameraEntry& entry : cameras)
    put(alarms, {{"camera", entry.camera.id}}, entry.status.alarm ? 1 : 0);
  out.push_back(std::move(alarms));
  MetricFamily others = family("vedette_camera_other_device",
                               "1 while another device than before seems to answer at its address",
                               MetricType::Gauge);
  for (const CameraEntry& entry : cameras)
    put(others, {{"camera", entry.camera.id}}, entry.status.other_device ? 1 : 0);
  out.push_back(std::move(others));
}

void add_volumes(const std::vector<VolumeEntry>& volumes, std::vector<MetricFamily>& out) {
  MetricFamily total = family("vedette_volume_size_bytes", "Size of the disk", MetricType::Gauge);
  MetricFamily free = family("vedette_volume_free_bytes", "Free on the disk", MetricType::Gauge);
  MetricFamily used = family("vedette_volume_used_bytes", "Taken by recordings", MetricType::Gauge);
  MetricFamily up = family("vedette_volume_up", "1 while it is written to", MetricType::Gauge);
  MetricFamily cleaned = family("vedette_volume_cleaned",
                                "1 while retention may delete; 0: see status", MetricType::Gauge);
  MetricFamily quota =
      family("vedette_volume_quota_bytes", "Recordings stay below", MetricType::Gauge);
  for (const VolumeEntry& volume : volumes) {
    const Labels labels = {{"path", volume.path}};
    put(total, labels, static_cast<double>(volume.total_bytes));
    put(free, labels, static_cast<double>(volume.free_bytes));
    put(used, labels, static_cast<double>(volume.used_bytes));
    put(up, labels, volume.problem.empty() ? 1 : 0);
    put(cleaned, labels, volume.cleaning_off.empty() ? 1 : 0);
    if (volume.quota_bytes) put(quota, labels, static_cast<double>(*volume.quota_bytes));
  }
  for (MetricFamily* next : {&total, &free, &used, &up, &cleaned, &quota})
    out.push_back(std::move(*next));
}

void add_conversions(const transcode::Usage& usage, std::vector<MetricFamily>& out) {
  MetricFamily cores = family("vedette_transcode_cores",
                              "Cores that a stream takes which is converted", MetricType::Gauge);
  MetricFamily pictures =
      family("vedette_transcode_pictures_total", "Pictures converted", MetricType::Counter);
  MetricFamily skipped = family("vedette_transcode_skipped_total",
                                "Pictures left out for the budget", MetricType::Counter);
  for (const transcode::StreamUse& stream : usage.streams) {
    const Labels labels = {{"camera", stream.camera},
                           {"stream", std::string(media::to_string(stream.kind))}};
    put(cores, labels, stream.cores);
    put(pictures, labels, number(stream.pictures));
    put(skipped, labels, number(stream.skipped));
  }
  MetricFamily budget =
      family("vedette_transcode_budget_cores", "Cores that converting may take", MetricType::Gauge);
  put(budget, {}, usage.budget_cores);
  MetricFamily refused = family("vedette_transcode_refused_total",
                                "Times a stream found no room in it", MetricType::Counter);
  put(refused, {}, number(usage.refused));
  MetricFamily recorded = family("vedette_transcode_recorded_pictures_total",
                                 "Pictures of recordings converted", MetricType::Counter);
  put(recorded, {}, number(usage.recordings.pictures));
  MetricFamily recorded_cores =
      family("vedette_transcode_recorded_cores", "Cores that recordings take which are converted",
             MetricType::Gauge);
  put(recorded_cores, {}, usage.recordings.cores);
  for (MetricFamily* next :
       {&cores, &pictures, &skipped, &budget, &refused, &recorded, &recorded_cores})
    out.push_back(std::move(*next));
}

void add_traffic(const RequestCounters& requests, const LiveViewers& viewers,
                 std::vector<MetricFamily>& out) {
  MetricFamily answered = family("vedette_http_requests_total", "HTTP requests by class of status",
                                 MetricType::Counter);
  for (size_t i = 1; i < requests.by_class.size(); ++i) {
    put(answered, {{"status", std::to_string(i) + "xx"}}, number(requests.by_class.at(i)));
  }
  out.push_back(std::move(answered));
  const auto one = [&out](const char* name, const char* help, MetricType type, double value) {
    MetricFamily next = family(name, help, type);
    put(next, {}, value);
    out.push_back(std::move(next));
  };
  one("vedette_live_sockets", "Pages that watch live", MetricType::Gauge,
      static_cast<double>(viewers.sockets));
  one("vedette_live_subscriptions", "Streams watched live", MetricType::Gauge,
      static_cast<double>(viewers.subscriptions));
  one("vedette_live_frames_total", "Access units sent live", MetricType::Counter,
      number(viewers.frames));
  one("vedette_live_bytes_total", "Bytes sent live", MetricType::Counter, number(viewers.bytes));
  one("vedette_live_jumps_total", "Slow viewers moved to the newest picture", MetricType::Counter,
      number(viewers.jumps));
}

}  // namespace

std::string make_metrics(const std::vector<CameraEntry>& cameras,
                         const std::vector<VolumeEntry>& volumes, const Traffic& traffic,
                         WallTime now) {
  std::vector<MetricFamily> families;
  add_cameras(cameras, families);
  add_streams(cameras, now, families);
  add_volumes(volumes, families);
  add_traffic(traffic.requests, traffic.viewers, families);
  add_conversions(traffic.transcoding, families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace vedette::api
