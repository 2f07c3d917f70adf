// SPDX-License-Identifier: Apache-2.0
// vedette export: by the running server, which knows the last seconds and holds the key, else from
// the catalog itself.
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <unistd.h>

#include "app/command.h"
#include "app/control.h"
#include "app/signals.h"
#include "base/time.h"
#include "playback/catalog_archive.h"
#include "playback/exporter.h"
#include "store/config_store.h"
#include "store/data_folder.h"
#include "store/site_key.h"

namespace vedette::app {
namespace {

namespace json = boost::json;
using playback::ExportControl;
using playback::ExportRequest;

constexpr std::chrono::milliseconds kPoll{200};

struct ExportOptions {
  std::string data, camera, from, to, out, stream = "main", operator_name;
};

Error cancelled() { return make_error(ErrorCode::kCancelled, "cancelled; nothing was written"); }

std::string_view basename_of(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

Result<ExportRequest> read_request(const ExportOptions& options) {
  ExportRequest request;
  request.range.camera = options.camera;
  if (options.stream != "main" && options.stream != "sub") {
    return make_error(ErrorCode::kInvalidArgument, "--stream is main or sub");
  }
  if (options.stream == "sub") request.range.kind = media::StreamKind::kSub;
  auto from = parse_time(options.from);
  if (!from) return std::move(from).error().with_context("--from");
  auto to = parse_time(options.to);
  if (!to) return std::move(to).error().with_context("--to");
  request.range.from = *from;
  request.range.to = *to;
  VEDETTE_TRY(playback::check_range(request.range));
  const std::string_view name = basename_of(options.out);
  if (name.ends_with(".zip")) {
    request.form = playback::ExportForm::kBundle;
  } else if (!name.ends_with(".mp4")) {
    return make_error(ErrorCode::kInvalidArgument,
                      "--out names a file that ends in .mp4 (video alone) or .zip (a bundle)");
  }
  request.by = "local-owner";
  request.operator_name = options.operator_name;
  return request;
}

/// One line on stderr that says how far it is: rewritten on a terminal, every tenth elsewhere.
class Progress {
 public:
  void show(uint64_t done, uint64_t total) {
    if (total == 0) return;
    const auto percent = static_cast<int>(std::min<uint64_t>(100, done * 100 / total));
    const int step = terminal_ ? 1 : 10;
    if (percent / step == last_) return;
    last_ = percent / step;
    std::fprintf(stderr, "%s%3d %% of %.1f MB%s", terminal_ ? "\r" : "", last_ * step,
                 static_cast<double>(total) / 1e6, terminal_ ? "" : "\n");
    std::fflush(stderr);
  }
  ~Progress() {
    if (terminal_ && last_ >= 0) std::fputs("\n", stderr);
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) == 1;
  int last_ = -1;
};

/// Runs `work` on a thread of its own while a person watches, and lets Ctrl-C end it.
Result<void> watch(const sigset_t& signals,
                   const std::function<Result<void>(ExportControl&)>& work) {
  ExportControl control;
  std::optional<Result<void>> outcome;
  std::atomic<bool> ended = false;
  std::jthread worker([&] {
    outcome = work(control);
    ended = true;
  });
  {
    Progress progress;
    while (!ended) {
      if (stop_within(signals, kPoll)) control.cancel();
      progress.show(control.done_bytes(), control.total_bytes());
    }
  }
  worker.join();
  if (!*outcome && outcome->error().code == ErrorCode::kCancelled) return cancelled();
  return *std::move(outcome);
}

/// A server's export as its API shows it.
struct Answer {
  std::string id;
  std::string state;
  uint64_t done = 0;
  uint64_t total = 0;
  std::optional<Error> error;
};

Result<Answer> read_answer(const std::string& body) {
  boost::system::error_code code;
  const json::value value = json::parse(body, code);
  const json::object* object = value.if_object();
  if (code || object == nullptr || !object->contains("state")) {
    return make_error(ErrorCode::kInternal, "the server's answer is not an export");
  }
  Answer answer;
  answer.id = std::string(object->at("id").as_string());
  answer.state = std::string(object->at("state").as_string());
  answer.done = object->at("done_bytes").to_number<uint64_t>();
  if (!object->at("total_bytes").is_null()) {
    answer.total = object->at("total_bytes").to_number<uint64_t>();
  }
  if (const json::object* error = object->at("error").if_object()) {
    answer.error =
        make_error(ErrorCode::kUnavailable, std::string(error->at("detail").as_string()));
  }
  return answer;
}

/// A job of the server, gone from it when this is.
class ServerExport {
 public:
  ServerExport(Control& control, std::string id) : control_(control), id_(std::move(id)) {}
  ~ServerExport() { (void)control_.ask("DELETE", "/api/v1/exports/" + id_, ""); }
  ServerExport(const ServerExport&) = delete;
  ServerExport& operator=(const ServerExport&) = delete;

  Result<void> wait(const sigset_t& signals) {
    Progress progress;
    for (;;) {
      if (stop_within(signals, kPoll)) return cancelled();
      VEDETTE_ASSIGN(const std::string body, control_.ask("GET", "/api/v1/exports/" + id_, ""));
      VEDETTE_ASSIGN(const Answer answer, read_answer(body));
      progress.show(answer.done, answer.total);
      if (answer.state == "done") return ok();
      if (answer.error) return *answer.error;
    }
  }

 private:
  Control& control_;
  std::string id_;
};

Result<void> copy_file(const std::string& from, const std::string& to, ExportControl& control) {
  fs::RealFileSystem files;
  VEDETTE_ASSIGN(const auto source, files.open_read(from));
  VEDETTE_ASSIGN(const uint64_t size, source->size());
  control.expect(size);
  VEDETTE_ASSIGN(playback::ExportFile out, playback::ExportFile::create(files, to, control));
  Bytes chunk(size_t{1} << 20);
  while (out.size() < size) {
    VEDETTE_ASSIGN(const size_t got, source->read_at(out.size(), chunk));
    if (got == 0) return make_error(ErrorCode::kDataLoss, from + " became shorter");
    VEDETTE_TRY(out.append(ByteSpan(chunk).first(got)));
  }
  return out.finish();
}

Result<void> export_by_server(const ExportOptions& options, const ExportRequest& request,
                              const sigset_t& signals) {
  const bool bundle = request.form == playback::ExportForm::kBundle;
  json::object form{{"camera", request.range.camera},
                    {"stream", options.stream},
                    {"from_us", request.range.from.us},
                    {"to_us", request.range.to.us},
                    {"form", bundle ? "bundle" : "mp4"}};
  if (!request.operator_name.empty()) form["operator"] = request.operator_name;
  Control control(options.data);
  VEDETTE_ASSIGN(const std::string body,
                 control.ask("POST", "/api/v1/exports", json::serialize(form)));
  VEDETTE_ASSIGN(const Answer answer, read_answer(body));
  ServerExport job(control, answer.id);
  VEDETTE_TRY(job.wait(signals));
  const std::string made =
      fs::join(store::DataPaths(options.data).exports, answer.id + (bundle ? ".zip" : ".mp4"));
  return watch(signals,
               [&](ExportControl& copying) { return copy_file(made, options.out, copying); });
}

Result<void> export_offline(const ExportOptions& options, const ExportRequest& request,
                            const sigset_t& signals) {
  const store::DataPaths paths(options.data);
  fs::RealFileSystem files;
  if (!files.exists(paths.config) || !files.exists(paths.catalog)) {
    return make_error(ErrorCode::kNotFound, "no recordings are known in " + options.data +
                                                "; name the data folder of a "
                                                "site with --data");
  }
  const RealClock clock;
  VEDETTE_ASSIGN(const auto config, store::ConfigStore::open(paths.config));
  store::CatalogOptions catalog_options;
  catalog_options.path = paths.catalog;
  catalog_options.threads = false;
  catalog_options.read_only = true;
  const auto catalog = store::Catalog::open(clock, catalog_options);
  VEDETTE_ASSIGN(const auto volumes, config->volumes());
  for (const store::KnownVolume& volume : volumes) catalog->set_volume_root(volume.id, volume.path);
  playback::CatalogArchive archive(*catalog, files);
  playback::ExporterParts parts{
      archive, files, clock, nullptr, config->site_id(), "vedette " VEDETTE_VERSION, {}, {}};
  parts.volumes = [&volumes] {
    std::vector<std::string> folders;
    for (const store::KnownVolume& volume : volumes) folders.push_back(volume.path);
    return folders;
  };
  // Only a bundle needs the key, and whoever may read it is the site's owner.
  std::unique_ptr<evidence::Signer> signer;
  if (request.form == playback::ExportForm::kBundle) {
    VEDETTE_ASSIGN(signer, store::open_site_key(options.data));
    parts.signer = signer.get();
  }
  ExportRequest named = request;
  if (const auto camera = config->camera(request.range.camera)) named.camera_name = camera->name;
  const playback::Exporter exporter(std::move(parts));
  return watch(signals,
               [&](ExportControl& control) { return exporter.make(named, options.out, control); });
}

int run_export(const ExportOptions& options) {
  const sigset_t signals = block_stop_signals();
  const auto request = read_request(options);
  if (!request) return report(request.error());
  if (fs::RealFileSystem().exists(options.out)) {
    return report(make_error(ErrorCode::kFailedPrecondition,
                             options.out + " is there already; choose another name or remove it "
                                           "first"));
  }
  const std::string folder = fs::parent_of(options.out);
  if (!fs::RealFileSystem().exists(folder)) {
    return report(make_error(ErrorCode::kNotFound, "there is no folder " + folder +
                                                       " to write to; make it first, or name"
                                                       " another one with --out"));
  }
  const bool running = Control(options.data).running();
  const auto made = running ? export_by_server(options, *request, signals)
                            : export_offline(options, *request, signals);
  if (!made) return report(made.error());
  std::printf("%s\n", options.out.c_str());
  return kDone;
}

std::function<int()> setup(CLI::App& parser) {
  auto options = std::make_shared<ExportOptions>();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_option("--camera", options->camera, "The camera's id")->required();
  parser.add_option("--from", options->from, "2026-11-22T14:03:27+01:00, or µs of UTC")->required();
  parser.add_option("--to", options->to, "As --from; the end of the stretch")->required();
  parser.add_option("--out", options->out, "FILE.mp4, or BUNDLE.zip with what proves it")
      ->required();
  parser.add_option("--stream", options->stream, "main or sub")->capture_default_str();
  parser.add_option("--operator", options->operator_name, "Who exports, for the bundle's report");
  return [options] { return run_export(*options); };
}

}  // namespace

std::vector<Command> export_commands() {
  return {{auth::Policy(auth::Operation::kExport, auth::ObjectKind::kCamera,
                        auth::PictureUse::kAsRequested),
           "export", "A recorded stretch as an MP4, or as a bundle that proves itself", setup}};
}

}  // namespace vedette::app
