// SPDX-License-Identifier: Apache-2.0
// vedette fsck: in the running server over its control socket, else on the data folder itself.
// Progress goes to stderr, the report to stdout; Ctrl-C ends it and leaves the archive as it is.
#include <cstdio>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <unistd.h>

#include "api/fsck_json.h"
#include "app/command.h"
#include "app/control.h"
#include "app/signals.h"
#include "store/stopped_archive.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

struct FsckFlags {
  std::string data;
  bool rebuild = false;
  bool quick = false;
  bool json = false;
};

/// The job, wherever it runs: its status in the API's words.
class Job {
 public:
  virtual ~Job() = default;
  [[nodiscard]] virtual Result<json::object> start(const FsckFlags& flags) = 0;
  [[nodiscard]] virtual Result<json::object> status() = 0;
  virtual void cancel() = 0;
};

class ServerJob final : public Job {
 public:
  explicit ServerJob(const std::string& data) : control_(data) {}
  Result<json::object> start(const FsckFlags& flags) override {
    return ask("POST",
               json::serialize(json::object{{"rebuild", flags.rebuild}, {"quick", flags.quick}}));
  }
  Result<json::object> status() override { return ask("GET", ""); }
  void cancel() override { (void)ask("DELETE", ""); }

 private:
  Result<json::object> ask(std::string_view method, const std::string& body) {
    VEDETTE_ASSIGN(const std::string answer, control_.ask(method, "/api/v1/fsck", body));
    boost::system::error_code code;
    json::value value = json::parse(answer, code);
    if (code || !value.is_object())
      return make_error(ErrorCode::kInternal, "the server's answer cannot be read");
    return std::move(value.get_object());
  }
  Control control_;
};

class LocalJob final : public Job {
 public:
  explicit LocalJob(std::string data) : data_(std::move(data)) {}
  Result<json::object> start(const FsckFlags& flags) override {
    VEDETTE_ASSIGN(archive_, store::StoppedArchive::open(files_, clock_, data_));
    job_ = std::make_unique<store::FsckJob>(
        clock_, [this](const store::FsckOptions& options, const store::FsckWatch& watch) {
          return archive_->check(options, watch);
        });
    VEDETTE_TRY(job_->start({flags.rebuild, flags.quick}));
    return status();
  }
  Result<json::object> status() override { return api::to_json(job_->status()); }
  void cancel() override { job_->cancel(); }

 private:
  const std::string data_;
  const RealClock clock_;
  fs::RealFileSystem files_;
  std::unique_ptr<store::StoppedArchive> archive_;
  std::unique_ptr<store::FsckJob> job_;
};

int64_t number(const json::object& object, std::string_view key) {
  return object.at(key).to_number<int64_t>();
}

void show_progress(const json::object& status) {
  const json::object& progress = status.at("progress").as_object();
  const int64_t of = number(progress, "of_files");
  std::fprintf(stderr, "%s%lld%s%s files, %lld fragments, %.1f GB%s",
               isatty(STDERR_FILENO) != 0 ? "\r" : "",
               static_cast<long long>(number(progress, "files")), of > 0 ? " of about " : "",
               of > 0 ? std::to_string(of).c_str() : "",
               static_cast<long long>(number(progress, "fragments")),
               static_cast<double>(number(progress, "bytes")) / 1e9,
               isatty(STDERR_FILENO) != 0 ? "   " : "\n");
  std::fflush(stderr);
}

void print_findings(const json::object& report) {
  for (const json::value& value : report.at("findings").as_array()) {
    const json::object& finding = value.as_object();
    const std::string detail(finding.at("detail").as_string());
    std::printf("%s %s: %s%s%s\n", finding.at("kind").as_string().c_str(),
                finding.at("path").as_string().c_str(), detail.c_str(), detail.empty() ? "" : ": ",
                finding.at("meaning").as_string().c_str());
  }
  const int64_t left_off = number(report, "findings_left_off");
  if (left_off > 0) std::printf("and %lld more\n", static_cast<long long>(left_off));
}

void print_report(const json::object& status) {
  const json::object& report = status.at("report").as_object();
  print_findings(report);
  std::printf("%lld files, %lld fragments, %.1f GB, %.1f s\n",
              static_cast<long long>(number(report, "files")),
              static_cast<long long>(number(report, "fragments")),
              static_cast<double>(number(report, "bytes")) / 1e9,
              static_cast<double>(number(report, "elapsed_us")) / 1e6);
  if (status.at("rebuild").as_bool())
    std::printf("restored %lld files, %lld fragments and %lld gaps; took %lld entries out\n",
                static_cast<long long>(number(report, "restored_files")),
                static_cast<long long>(number(report, "restored_fragments")),
                static_cast<long long>(number(report, "restored_gaps")),
                static_cast<long long>(number(report, "dropped_rows")));
  if (report.at("clean").as_bool()) std::printf("Nothing is wrong.\n");
}

int finish(const FsckFlags& flags, const json::object& status) {
  const json::value* found = status.if_contains("report");
  if (found == nullptr || !found->is_object())
    return report({ErrorCode::kUnavailable, "fsck did not end; run it again", {}});
  const json::object& result = found->as_object();
  if (flags.json)
    std::printf("%s\n", json::serialize(result).c_str());
  else
    print_report(status);
  if (!result.at("error").is_null())
    return report({ErrorCode::kUnavailable, std::string(result.at("error").as_string()), {}});
  if (result.at("cancelled").as_bool())
    return report({ErrorCode::kCancelled, "cancelled; nothing on the volumes was changed", {}});
  return result.at("clean").as_bool() ? kDone : kAnswerIsNo;
}

int fsck(const FsckFlags& flags) {
  constexpr std::chrono::milliseconds kPoll{200};
  constexpr int kShowEvery = 10;
  const sigset_t signals = block_stop_signals();
  std::unique_ptr<Job> job;
  if (Control(flags.data).running())
    job = std::make_unique<ServerJob>(flags.data);
  else
    job = std::make_unique<LocalJob>(flags.data);
  auto status = job->start(flags);
  for (int round = 1; status && status->at("running").as_bool(); ++round) {
    if (stop_within(signals, kPoll)) job->cancel();
    status = job->status();
    if (status && round % kShowEvery == 0) show_progress(*status);
  }
  if (isatty(STDERR_FILENO) != 0) std::fputs("\n", stderr);
  if (!status) return report(status.error());
  return finish(flags, *status);
}

std::function<int()> setup_fsck(CLI::App& parser) {
  auto flags = std::make_shared<FsckFlags>();
  parser.add_option("--data", flags->data, "Data folder of the site")->required();
  parser.add_flag("--rebuild", flags->rebuild, "Make the catalog what the files say");
  parser.add_flag("--quick", flags->quick, "Without reading every byte for its hash");
  parser.add_flag("--json", flags->json, "The API's JSON");
  return [flags] { return fsck(*flags); };
}

}  // namespace

std::vector<Command> fsck_commands() {
  return {{auth::Policy(auth::Operation::kCheckArchive, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "fsck", "Hold the catalog and the recordings to each other", setup_fsck}};
}

}  // namespace vedette::app
