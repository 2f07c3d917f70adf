// SPDX-License-Identifier: Apache-2.0
#include "store/verify_archive.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "evidence/verify_file.h"
#include "evidence/verify_ledger.h"
#include "evidence/verify_original.h"
#include "store/file_source.h"
#include "store/ledger.h"
#include "store/ledger_files.h"
#include "store/volume.h"
#include "store/volume_lock.h"

namespace vedette::store {
namespace {

using evidence::FaultClass;
using evidence::FileIdentity;
using evidence::LedgerBook;

constexpr int kFolderDepth = 5;
constexpr const char* kUnknownFile = "the ledger of this volume does not know this file";

bool is_mp4(std::string_view name) { return name.ends_with(".mp4"); }

/// Its identity, what a crash left of writing it, and its lock.
bool is_of_volume(const std::string& name) {
  return name == kIdentityFile || name == std::string(kIdentityFile) + ".new" ||
         name == kVolumeLockFile;
}

class ArchiveVerifier {
 public:
  ArchiveVerifier(fs::FileSystem& files, const VerifyRequest& request)
      : files_(files), path_(request.path) {
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
    out_.wanted_key = request.key;
  }

  Result<evidence::Verification> run() {
    if (auto file = files_.open_read(path_); file && is_mp4(path_)) {
      VEDETTE_ASSIGN(const uint64_t size, (*file)->size());
      const FileSource source(**file, size);
      if (evidence::is_original(source, path_.substr(path_.rfind('/') + 1)))
        return of_original(source);
      verify_one(path_);
      note_unsigned();
      return std::move(out_);
    }
    const auto listed = files_.list(path_);
    if (!listed && path_.ends_with(".ledger") && files_.open_read(path_)) {
      read_ledger({path_}, book_, out_);
      return std::move(out_);
    }
    if (!listed) {
      return make_error(listed.error().code,
                        path_ +
                            " is no recording (.mp4), ledger (.ledger), bundle (.zip) or folder of"
                            " recordings: " +
                            listed.error().what);
    }
    if (is_ledger_folder(*listed)) {
      read_ledger_folder(path_, book_, out_);
      check_ledger_folder(path_);
      return std::move(out_);
    }
    find_volume();
    if (!root_.empty()) read_ledger_folder(fs::join(root_, kLedgerFolder), book_, out_);
    walk(path_, 0);
    judge_strangers();
    join_runs();
    root_.empty() ? judge_missing_ledger() : compare_with_ledger();
    judge_misplaced();
    note_open_end();
    return std::move(out_);
  }

 private:
  /// Of a file that was read; kept for its run.
  struct Part {
    std::string path;
    evidence::FileReport report;
  };

  /// The folder itself or one above it may be a volume, whose ledger then counts.
  void find_volume() {
    std::string folder = path_;
    for (int level = 0; level < kFolderDepth; ++level) {
      if (files_.exists(fs::join(folder, kIdentityFile))) {
        root_ = folder;
        prefix_ = path_.size() > root_.size() ? path_.substr(root_.size() + 1) + "/" : "";
        return;
      }
      const std::string above = fs::parent_of(folder);
      if (above == folder) return;
      folder = above;
    }
  }

  /// Out of a bundle, which says what should stand before and behind it.
  Result<evidence::Verification> of_original(const FileSource& source) {
    out_.path = path_;
    VEDETTE_TRY(evidence::verify_original(source, out_));
    out_.notes.push_back(path_ +
                         " is a piece of a recording out of an export bundle: whether something"
                         " before or behind it is missing only the bundle says; verify the .zip"
                         " that it came from");
    return std::move(out_);
  }

  /// Cut off behind the last head that a recording knew, a ledger looks as if the power had gone
  /// there. Whoever knows that it did not must hear where it ends.
  void note_open_end() {
    if (root_.empty() || !book_.running()) return;
    out_.notes.push_back("the ledger ends at " + to_rfc3339(book_.last_word()) +
                         " without saying that the service stopped: if it does not run any more,"
                         " its power went then, or what it entered later was cut off");
  }

  /// What a plain export holds was cut out of its records.
  void note_unsigned() {
    if (out_.records > 0 || out_.checkpoints > 0) return;
    out_.notes.push_back(
        "nothing in " + path_ +
        " is signed, so nothing can be proven: a plain export has no signatures; for a bundle that"
        " has them: vedette export --out NAME.zip");
  }

  [[nodiscard]] static bool is_ledger_folder(const std::vector<fs::DirEntry>& entries) {
    const auto is_of_ledger = [](const fs::DirEntry& entry) {
      return !entry.is_dir && parse_ledger_file_name(entry.name);
    };
    return std::any_of(entries.begin(), entries.end(), is_of_ledger) &&
           std::none_of(entries.begin(), entries.end(),
                        [](const auto& entry) { return entry.name == kIdentityFile; });
  }

  void read_ledger_folder(const std::string& folder, LedgerBook& book,
                          evidence::Verification& out) {
    out.path = folder;
    const auto paths = ledger_files(files_, folder);
    if (paths) return read_ledger(*paths, book, out);
    out.add(FaultClass::kAltered, "it cannot be read: " + paths.error().what);
    book.finish();
  }

  /// Whatever is wrong with one of its files is said of that one, and hides nothing else.
  void read_ledger(const std::vector<std::string>& paths, LedgerBook& book,
                   evidence::Verification& out) {
    for (const std::string& path : paths) {
      out.path = path;
      const auto content = read_ledger_file(path, out);
      if (content)
        book.read(*content, path == paths.back());
      else
        out.add(FaultClass::kAltered, "it cannot be read: " + content.error().what);
    }
    book.finish();
  }

  /// What stands behind the most that we ever write is not read.
  Result<Bytes> read_ledger_file(const std::string& path, evidence::Verification& out) {
    VEDETTE_ASSIGN(const std::unique_ptr<fs::File> file, files_.open_read(path));
    VEDETTE_ASSIGN(const uint64_t size, file->size());
    Bytes content(static_cast<size_t>(std::min<uint64_t>(size, kMaxLedgerFileBytes)));
    VEDETTE_ASSIGN(const size_t got, file->read_at(0, content));
    content.resize(got);
    if (size > kMaxLedgerFileBytes)
      out.add({FaultClass::kUnknownBytes, "", kMaxLedgerFileBytes,
               fmt::format("{} bytes behind the most that a file of a ledger has",
                           size - kMaxLedgerFileBytes),
               std::nullopt, std::nullopt});
    return content;
  }

  /// The ledger's folder holds its files and nothing else.
  void check_ledger_folder(const std::string& folder) {
    for (const fs::DirEntry& entry : list(folder)) {
      if (!entry.is_dir && parse_ledger_file_name(entry.name)) continue;
      out_.path = fs::join(folder, entry.name);
      out_.add(FaultClass::kUnknownBytes, "this is not part of a ledger");
    }
  }

  /// By name; nothing of a folder that cannot be read, which is said.
  std::vector<fs::DirEntry> list(const std::string& folder) {
    auto entries = files_.list(folder);
    if (!entries) {
      out_.path = folder;
      out_.add(FaultClass::kAltered, "it cannot be read: " + entries.error().what);
      return {};
    }
    std::sort(entries->begin(), entries->end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return *std::move(entries);
  }

  void walk(const std::string& folder, int depth) {
    for (const fs::DirEntry& entry : list(folder)) {
      const std::string path = fs::join(folder, entry.name);
      if (folder == root_ && !entry.is_dir && is_of_volume(entry.name)) continue;
      if (folder == root_ && entry.is_dir && entry.name == kLedgerFolder) {
        check_ledger_folder(path);
        continue;
      }
      if (entry.is_dir && depth < kFolderDepth) {
        walk(path, depth + 1);
      } else if (!entry.is_dir && is_mp4(entry.name)) {
        verify_one(path);
      } else {
        out_.path = path;
        out_.add(FaultClass::kUnknownBytes, "this is not part of an archive");
      }
    }
  }

  void verify_one(const std::string& path) {
    const auto file = files_.open_read(path);
    if (!file && file.error().code == ErrorCode::kNotFound) return;  // deleted meanwhile
    out_.path = path;
    const auto size = file ? (*file)->size() : Result<uint64_t>(file.error());
    if (!size) return out_.add(FaultClass::kAltered, "it cannot be read: " + size.error().what);
    verify_content(path, FileSource(**file, *size));
  }

  void verify_content(const std::string& path, const FileSource& source) {
    evidence::FileExpectation expectation;
    const auto identity = root_.empty() ? std::nullopt : evidence::identify_file(source);
    const LedgerBook::File* known = nullptr;
    if (identity) {
      const auto found = book_.files().find(*identity);
      if (found != book_.files().end()) known = &found->second;
    }
    if (known != nullptr) {
      expectation.entry = known->entry;
      expectation.at_rest = !book_.may_grow(*known);
    }
    expectation.may_be_new = !identity && known == nullptr && book_.running();
    const size_t before = out_.findings.size();
    Part part{path, evidence::verify_file(source, expectation, out_)};
    if (!part.report.readable && out_.findings.size() == before && known == nullptr) return;
    judge_place(part, known, before);
    if (part.report.readable) runs_[part.report.facts.run].push_back(std::move(part));
  }

  /// Whether the volume's ledger knows it, and what it knows of the ledger.
  void judge_place(const Part& part, const LedgerBook::File* known, size_t findings_before) {
    if (root_.empty() || !part.report.readable) return;
    const auto& facts = part.report.facts;
    const FileIdentity identity{facts.run, facts.first_sequence};
    if (known != nullptr) seen_.insert(identity);
    if (known != nullptr && part.path != fs::join(root_, known->path))
      misplaced_[part.path] = fs::join(root_, known->path);
    agreed_ = agreed_ || known != nullptr;
    if (known == nullptr && book_.deleted().count(identity) > 0) {
      out_.notes.push_back(part.path + " is marked as deleted in the ledger and still there");
    } else if (known == nullptr && out_.findings.size() == findings_before &&
               !judge_heads(part, knows_run(facts.run))) {
      const bool new_one = !part.report.indexed && part.report.checkpoints == 0 && book_.running();
      if (!new_one) judge_stranger(part);
    }
    if (known != nullptr) (void)judge_heads(part, true);
  }

  void judge_stranger(const Part& part) {
    const auto& heads = part.report.ledger_heads;
    const bool newer = std::any_of(heads.begin(), heads.end(), [&](const auto& head) {
      return head.entries > book_.entries();
    });
    if (newer) {
      strangers_.push_back(part.path);  // whether it or the ledger is out of place is not known yet
    } else {
      out_.add(part.report.checkpoints == 0 ? FaultClass::kUnsigned : FaultClass::kSpliced,
               kUnknownFile);
    }
  }

  /// A ledger that agrees with no recording at all is itself what does not belong here.
  void judge_strangers() {
    if (strangers_.empty()) return;
    if (!agreed_ && !rolled_back_) {
      out_.path = strangers_.front();
      return out_.add(FaultClass::kRolledBack,
                      "the ledger is older than this recording, and knows none that is here");
    }
    for (const std::string& path : strangers_) {
      out_.path = path;
      out_.add(FaultClass::kSpliced, kUnknownFile);
    }
  }

  /// Its place is only a name; but one that lies in the place of another passes for it.
  void judge_misplaced() {
    for (const auto& [path, home] : misplaced_) {
      const bool takes_a_place =
          std::any_of(book_.files().begin(), book_.files().end(),
                      [&](const auto& file) { return fs::join(root_, file.second.path) == path; });
      if (!takes_a_place) {
        out_.notes.push_back(path + " is what the ledger knows as " + home);
        continue;
      }
      out_.path = path;
      out_.add(FaultClass::kReordered,
               "this is what the ledger knows as " + home + ", in the place of another");
    }
  }

  [[nodiscard]] bool knows_run(const std::string& run) const {
    const auto of_run = [&run](const auto& map) {
      const auto first = map.lower_bound({run, 0});
      return first != map.end() && first->first.run == run;
    };
    return of_run(book_.files()) || of_run(book_.deleted());
  }

  /// Whether its checkpoints knew a longer ledger than this one, or another. `ours`: it is of this
  /// volume; else that says nothing, unless they agree up to where the ledger ends.
  bool judge_heads(const Part& part, bool ours) {
    for (const evidence::LedgerHead& head : part.report.ledger_heads) {
      const auto hash = book_.hash_of(head.entries - 1);
      const bool same = hash && *hash == head.hash;
      ours = ours || same;
      agreed_ = agreed_ || same;
      if (same) continue;
      if (!ours) return false;
      if (std::exchange(rolled_back_, true)) return true;
      out_.add(FaultClass::kRolledBack,
               fmt::format("when this was signed the ledger had {} entries; {}", head.entries,
                           hash ? "the one that is here is another"
                                : fmt::format("the one that is here has {}", book_.entries())));
      return true;
    }
    return false;
  }

  void join_runs() {
    for (auto& [run, parts] : runs_) {
      std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) {
        return a.report.facts.first_sequence < b.report.facts.first_sequence;
      });
      // Without the ledger a run may begin anywhere: its first files may have been deleted.
      if (!root_.empty()) judge_hole(nullptr, parts.front());
      for (size_t i = 0; i + 1 < parts.size(); ++i) judge_hole(&parts[i], parts[i + 1]);
    }
  }

  /// Between a file of a run (or its start) and the next one that is here.
  void judge_hole(const Part* earlier, const Part& later) {
    uint32_t end = 0;
    evidence::Hash head{};
    if (earlier != nullptr) {
      end = earlier->report.facts.first_sequence + earlier->report.facts.count;
      head = earlier->report.facts.head;
    }
    const auto& facts = later.report.facts;
    out_.path = later.path;
    if (facts.first_sequence < end) {
      out_.add(FaultClass::kDuplicated, "its fragments are in " + earlier->path + " as well");
      return;
    }
    while (end < facts.first_sequence) {
      const auto deleted = book_.deleted().find({facts.run, end});
      if (deleted == book_.deleted().end() || deleted->second.count == 0) break;
      end += deleted->second.count;
      head = deleted->second.head;
    }
    if (end < facts.first_sequence) {
      // The ledger names the files that are missing.
      if (root_.empty())
        out_.add({FaultClass::kRemoved, "", std::nullopt,
                  fmt::format("{} fragments of the run are missing before this file",
                              facts.first_sequence - end),
                  end, facts.start});
    } else if (later.report.first_previous != head && head != evidence::Hash{} &&
               clean_so_far(earlier, later)) {
      out_.add(FaultClass::kAltered, "its first record does not follow the file before it");
    }
  }

  [[nodiscard]] bool clean_so_far(const Part* earlier, const Part& later) const {
    return std::none_of(out_.findings.begin(), out_.findings.end(), [&](const auto& finding) {
      return finding.path == later.path || (earlier != nullptr && finding.path == earlier->path);
    });
  }

  /// Without its ledger nobody knows which recordings a volume should hold. A folder of recordings
  /// that were taken out of one never had a ledger, and says so only.
  void judge_missing_ledger() {
    bool knew_one = false;
    bool is_volume = false;
    for (const auto& [run, parts] : runs_) {
      for (const Part& part : parts) {
        if (part.report.ledger_heads.empty()) continue;
        knew_one = true;
        is_volume = is_volume || lies_as_on_volume(part.path);
      }
    }
    if (!knew_one) return;
    if (!is_volume) {
      out_.notes.push_back(path_ + " has no ledger: whether recordings are missing is not known");
      return;
    }
    out_.path = fs::join(path_, kLedgerFolder);
    out_.add(FaultClass::kRemoved,
             "the ledger of this volume, which knows what should be here, is missing");
  }

  /// <camera>/<yyyy>/<mm>/<dd>/<file>, below what is verified.
  [[nodiscard]] bool lies_as_on_volume(const std::string& path) const {
    if (path.size() <= path_.size() + 1) return false;
    const std::string_view rest = std::string_view(path).substr(path_.size() + 1);
    std::string shape;  // letters as they are, digits as 0, from behind the camera to the file
    for (const char c : rest.substr(0, rest.rfind('/') + 1))
      shape += c >= '0' && c <= '9' ? '0' : c;
    const size_t camera = shape.find('/');
    return camera != 0 && camera != std::string::npos && !rest.ends_with('/') &&
           std::string_view(shape).substr(camera) == "/0000/00/00/";
  }

  // Files came and went while the others were read: what is missing is looked up once more.
  void compare_with_ledger() {
    std::vector<std::pair<FileIdentity, LedgerBook::File>> missing;
    for (const auto& [identity, file] : book_.files())
      if (file.path.starts_with(prefix_) && seen_.count(identity) == 0)
        missing.emplace_back(identity, file);
    if (missing.empty()) return;
    evidence::Verification ignored;
    LedgerBook now(ignored);
    read_ledger_folder(fs::join(root_, kLedgerFolder), now, ignored);
    for (const auto& [identity, file] : missing) {
      const std::string path = fs::join(root_, file.path);
      if (now.files().count(identity) == 0) continue;
      out_.path = path;
      // One that was begun within the last moments may hold nothing yet.
      if (book_.may_grow(file) && files_.exists(path)) continue;
      const bool named = std::any_of(out_.findings.begin(), out_.findings.end(),
                                     [&](const auto& finding) { return finding.path == path; });
      if (named) continue;
      if (files_.exists(path) && misplaced_.count(path) == 0) {
        out_.add(FaultClass::kTruncated, "the ledger knows fragments, and none is left");
        continue;
      }
      out_.add({FaultClass::kRemoved, "", std::nullopt,
                file.entry.file.count > 0
                    ? fmt::format("the file with {} fragments is missing", file.entry.file.count)
                    : "the file is missing",
                identity.first_sequence, file.entry.file.start});
    }
  }

  fs::FileSystem& files_;
  std::string path_;
  std::string root_;    // of the volume; empty without one
  std::string prefix_;  // of what is verified, below the volume
  evidence::Verification out_;
  LedgerBook book_{out_};
  std::map<std::string, std::vector<Part>> runs_;
  std::set<FileIdentity> seen_;
  std::vector<std::string> strangers_;
  std::map<std::string, std::string> misplaced_;  // where it lies, and where the ledger has it
  bool agreed_ = false;                           // a recording knew the ledger as it is
  bool rolled_back_ = false;
};

}  // namespace

Result<evidence::Verification> verify_archive(fs::FileSystem& files, const VerifyRequest& request) {
  return ArchiveVerifier(files, request).run();
}

}  // namespace vedette::store
