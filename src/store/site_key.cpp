// SPDX-License-Identifier: Apache-2.0
#include "store/site_key.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "evidence/bundle.h"
#include "fs/descriptor.h"

namespace vedette::store {
namespace {

constexpr std::string_view kPrefix = "ed25519-seed ";
constexpr size_t kMaxKeyFile = 256;

Error system_error(const std::string& what, const std::string& path) {
  const bool refused = errno == EACCES || errno == EPERM || errno == EROFS;
  return make_error(errno == ENOENT ? ErrorCode::kNotFound
                    : refused       ? ErrorCode::kPermissionDenied
                                    : ErrorCode::kUnavailable,
                    what + " " + path + ": " + std::strerror(errno));
}

Result<std::string> read_small(const fs::Descriptor& file, const std::string& path) {
  char buffer[kMaxKeyFile];
  const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
  if (count < 0) return system_error("read", path);
  return std::string(buffer, static_cast<size_t>(count));
}

std::optional<evidence::Seed> parse_seed(std::string_view text) {
  if (!text.starts_with(kPrefix) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kPrefix.size());
  text.remove_suffix(1);
  evidence::Seed seed{};
  if (text.size() != 2 * seed.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t digit = std::string_view("0123456789abcdef").find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    seed[i / 2] = static_cast<uint8_t>(seed[i / 2] << 4 | digit);
  }
  return seed;
}

/// Whole or not there: written beside, synced, renamed.
Result<void> write_key_file(const std::string& path, std::string_view content, mode_t mode) {
  const std::string beside = path + ".new";
  (void)::unlink(beside.c_str());
  const fs::Descriptor file(
      ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file.ok()) return system_error("create", beside);
  if (::fchmod(file.get(), mode) != 0 ||
      ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
      ::fsync(file.get()) != 0)
    return system_error("write", beside);
  if (::rename(beside.c_str(), path.c_str()) != 0) return system_error("rename", beside);
  return ok();
}

Result<void> sync_folder(const std::string& folder) {
  const fs::Descriptor dir(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!dir.ok() || ::fsync(dir.get()) != 0) return system_error("sync", folder);
  return ok();
}

/// Modes and owner of something that must be ours alone.
Result<void> check_private(const struct stat& found, const std::string& path, const char* mode) {
  if ((found.st_mode & 077) != 0) {
    return make_error(ErrorCode::kPermissionDenied,
                      "others can read " + path + ", so nothing is signed; run: chmod " + mode +
                          " " + path +
                          ", and if somebody may have copied the key, delete it: a new"
                          " one is made at the next start");
  }
  if (found.st_uid != ::geteuid()) {
    return make_error(ErrorCode::kPermissionDenied,
                      path +
                          " belongs to another user, so nothing is signed; chown it to the user"
                          " that runs the recorder");
  }
  return ok();
}

Result<evidence::Seed> read_seed(const KeyPaths& paths) {
  struct stat found {};
  if (::stat(paths.folder.c_str(), &found) != 0) return system_error("open", paths.folder);
  VEDETTE_TRY(check_private(found, paths.folder, "700"));
  const fs::Descriptor file(::open(paths.secret.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file.ok() || ::fstat(file.get(), &found) != 0) return system_error("open", paths.secret);
  VEDETTE_TRY(check_private(found, paths.secret, "600"));
  VEDETTE_ASSIGN(const std::string text, read_small(file, paths.secret));
  const auto seed = parse_seed(text);
  if (seed) return *seed;
  return make_error(ErrorCode::kDataLoss, paths.secret +
                                              " is not a key of this program, so nothing is signed;"
                                              " restore it, or delete it to have a new one made");
}

Result<evidence::Seed> make_key(const KeyPaths& paths) {
  if (::mkdir(paths.folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("create", paths.folder);
  const evidence::Seed seed = evidence::make_seed();
  std::string text(kPrefix);
  evidence::Hash as_hash = seed;
  text += evidence::to_hex(as_hash) + "\n";
  VEDETTE_TRY(write_key_file(paths.secret, text, 0600));
  VEDETTE_TRY(sync_folder(paths.folder));
  return seed;
}

std::string kept_path(const KeyPaths& paths, const evidence::PublicKey& key) {
  const std::string name = evidence::to_hex(evidence::fingerprint(key)).substr(0, 16);
  return paths.folder + "/site-" + name + ".pub";
}

/// Where it is from now on.
Result<std::string> keep_public_key(const KeyPaths& paths, const evidence::PublicKey& key) {
  const std::string path = kept_path(paths, key);
  VEDETTE_TRY(write_key_file(path, evidence::key_line(key) + "\n", 0644));
  return path;
}

/// In the log, and for every start until the old key is back: what key_replaced() finds.
void warn_of_another_key(const KeyPaths& paths, const std::string& kept) {
  const std::string note =
      "Another key than before signs since this file was written. Delete it when that is known.\n";
  if (const auto noted = write_key_file(paths.replaced, note, 0644); !noted)
    log::warn("store", "{}", noted.error().message());
  log::warn(
      "store",
      "{} is not the key that signed before: it was gone, or another one was put in its place."
      " What was recorded until now is proven by the old public key alone, {}; what is"
      " recorded from now on by that of {}. If a backup has the old site.key, stop the"
      " recorder, put it back and start again",
      paths.secret, kept.empty() ? "which is not in this folder any more" : "kept in " + kept,
      paths.open);
}

}  // namespace

Result<std::unique_ptr<evidence::Ed25519Signer>> open_site_key(const std::string& data_dir,
                                                               bool recorded_before) {
  const KeyPaths paths(data_dir);
  auto seed = read_seed(paths);
  const bool made = !seed && seed.error().code == ErrorCode::kNotFound;
  if (made) seed = make_key(paths);
  if (!seed) return std::move(seed).error();
  auto signer = std::make_unique<evidence::Ed25519Signer>(*seed);
  evidence::wipe(*seed);
  const auto published = read_public_key(data_dir);
  if (published && *published == signer->public_key()) return signer;
  // A key that was kept when another took its place has come back from a backup.
  const bool back = ::access(kept_path(paths, signer->public_key()).c_str(), F_OK) == 0;
  std::string kept;
  if (published) {
    VEDETTE_ASSIGN(kept, keep_public_key(paths, *published));
  }
  VEDETTE_TRY(write_key_file(paths.open, evidence::key_line(signer->public_key()) + "\n", 0644));
  if (back) {
    (void)::unlink(paths.replaced.c_str());
    log::info("store", "{} is the key that signed before: it is back", paths.secret);
  } else if (!kept.empty() || (made && recorded_before)) {
    warn_of_another_key(paths, kept);
  }
  return signer;
}

std::optional<WallTime> key_replaced(const std::string& data_dir) {
  struct stat found {};
  if (::stat(KeyPaths(data_dir).replaced.c_str(), &found) != 0) return std::nullopt;
  return WallTime{found.st_mtim.tv_sec * int64_t{1'000'000} + found.st_mtim.tv_nsec / 1000};
}

Result<evidence::PublicKey> read_public_key(const std::string& data_dir) {
  const KeyPaths paths(data_dir);
  const fs::Descriptor file(::open(paths.open.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return system_error("open", paths.open);
  VEDETTE_ASSIGN(std::string line, read_small(file, paths.open));
  if (line.ends_with('\n')) line.pop_back();
  return evidence::parse_key_line(line);
}

}  // namespace vedette::store
