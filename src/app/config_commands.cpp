// SPDX-License-Identifier: Apache-2.0
// vedette config export|apply: the whole configuration as one file, through the running server's
// control socket, else in the configuration itself.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "app/command.h"
#include "app/config_file.h"
#include "app/control.h"
#include "base/id.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

const std::string kPath = "/api/v1/config";

Error io_error(const std::string& what, const std::string& path) {
  return make_error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                    "cannot " + what + " " + path + ": " + std::strerror(errno));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<size_t>(count));
  }
  return ::fsync(fd) == 0;
}

/// Under another name first: a file that was there is replaced by a whole one or not at all.
Result<void> save(const std::string& path, const std::string& text, unsigned mode) {
  const std::string draft = path + "." + random_id(4);
  const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return io_error("write", path);
  const bool written = write_all(fd, text);
  ::close(fd);
  if (written && ::rename(draft.c_str(), path.c_str()) == 0) return ok();
  const Error error = io_error("write", path);
  ::unlink(draft.c_str());
  return error;
}

struct ExportOptions {
  std::string data, file;
  bool with_passwords = false;
};

std::function<int()> setup_export(CLI::App& parser) {
  auto options = std::make_shared<ExportOptions>();
  parser.add_option("file", options->file, "Where to write; the standard output without it");
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_flag("--with-passwords", options->with_passwords,
                  "Cameras' passwords too, otherwise ***; the file is for its owner alone");
  return [options] {
    Control control(options->data);
    const auto answer =
        control.ask("GET", kPath + (options->with_passwords ? "?passwords=true" : ""), "");
    if (!answer) return report(answer.error());
    const std::string text = write_config_file(json::parse(*answer).as_object());
    if (options->file.empty()) {
      std::fputs(text.c_str(), stdout);
      return static_cast<int>(kDone);
    }
    const auto saved = save(options->file, text, options->with_passwords ? 0600 : 0644);
    return saved ? static_cast<int>(kDone) : report(saved.error());
  };
}

Result<std::string> load(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string text(yaml::kMaxBytes + 1, '\0');
  if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream && !stream.eof()) return io_error("read", path);
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

int report_at(const std::string& path, const yaml::Place& place, const std::string& what) {
  // As compilers have it, so that editors find the place.
  std::fprintf(stderr, "%s:%zu:%zu: %s\n", path.c_str(), static_cast<size_t>(place.line),
               static_cast<size_t>(place.column), what.c_str());
  return kWrongUsage;
}

void print_ids(const char* what, const char* verb, const json::value& ids) {
  for (const json::value& id : ids.as_array())
    std::printf("%s %s %s\n", what, id.as_string().c_str(), verb);
}

void print_changes(const std::string& answer, bool dry_run) {
  const json::value changes = json::parse(answer);
  size_t count = 0;
  for (const auto& [key, what] : {std::pair{"cameras", "camera"}, std::pair{"layouts", "layout"},
                                  std::pair{"volumes", "volume"}}) {
    for (const char* verb : {"added", "changed", "removed"}) {
      const json::value& ids = changes.at(key).at(verb);
      count += ids.as_array().size();
      print_ids(what, verb, ids);
    }
  }
  if (count == 0) std::printf("nothing to change\n");
  if (dry_run && count > 0) std::printf("(dry run: nothing was changed)\n");
}

struct ApplyOptions {
  std::string data, file;
  bool remove = false;
  bool dry_run = false;
};

int apply(const ApplyOptions& options) {
  const auto text = load(options.file);
  if (!text) return report(text.error());
  ConfigFile file;
  yaml::Mistake mistake;
  if (!read_config_file(*text, file, mistake))
    return report_at(options.file, mistake.place, mistake.what);
  Control control(options.data);
  const std::string target = kPath + "?remove=" + (options.remove ? "true" : "false") +
                             "&dry_run=" + (options.dry_run ? "true" : "false");
  const auto answer = control.exchange("PUT", target, json::serialize(file.body));
  if (!answer) return report(answer.error());
  if (answer->status < 300) {
    print_changes(answer->body, options.dry_run);
    return kDone;
  }
  const Error problem = problem_of(*answer);
  if (problem.code != ErrorCode::kInvalidArgument) return report(problem);
  boost::system::error_code code;
  const json::value body = json::parse(answer->body, code);
  const json::value* field = code ? nullptr : body.as_object().if_contains("field");
  const std::string name = field != nullptr ? std::string(field->as_string()) : "";
  return report_at(options.file, place_of(file, name), problem.what);
}

std::function<int()> setup_apply(CLI::App& parser) {
  auto options = std::make_shared<ApplyOptions>();
  parser.add_option("file", options->file, "What shall be configured")->required();
  parser.add_option("--data", options->data, "Data folder of the site")->required();
  parser.add_flag("--remove", options->remove,
                  "Cameras and volumes that are not in the file are removed");
  parser.add_flag("--dry-run", options->dry_run, "Say what would change, and change nothing");
  return [options] { return apply(*options); };
}

}  // namespace

std::vector<Command> config_commands() {
  using auth::ObjectKind;
  using auth::Operation;
  using auth::PictureUse;
  const auth::Policy configure(Operation::kConfigureCameras, ObjectKind::kServer,
                               PictureUse::kNone);
  return {
      {configure, "config export", "Write all that is configured to a file", setup_export},
      {configure, "config apply", "Make the configuration equal to a file", setup_apply},
  };
}

}  // namespace vedette::app
