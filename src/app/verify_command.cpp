// SPDX-License-Identifier: Apache-2.0
// vedette verify and vedette key: need no server, and verify not even a data folder.
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/command.h"
#include "base/time.h"
#include "base/utf8.h"
#include "evidence/bundle.h"
#include "evidence/finding.h"
#include "evidence/verify_bundle.h"
#include "fs/file_system.h"
#include "store/file_source.h"
#include "store/site_key.h"
#include "store/verify_archive.h"
#include "store/volume.h"

namespace vedette::app {
namespace {

namespace json = boost::json;

struct VerifyOptions {
  std::string path;
  std::string key;
  bool as_json = false;
};

/// A key or its fingerprint, or the file that holds one.
Result<evidence::Hash> wanted_key(fs::FileSystem& files, const std::string& text) {
  auto typed = evidence::parse_wanted_key(text);
  if (typed) return typed;
  if (!files.exists(text))
    return make_error(ErrorCode::kInvalidArgument,
                      "--key: there is no file " + text +
                          ", and it is no key either; give the site's site.pub, or the key or"
                          " fingerprint of 64 hex digits that vedette key --data DIR prints");
  VEDETTE_ASSIGN(const Bytes content, fs::read_all(files, text, 4096));
  return evidence::parse_wanted_key(as_text(content));
}

json::object to_json(const evidence::Finding& finding) {
  json::object object{{"class", evidence::to_string(finding.fault)},
                      {"path", finding.path},
                      {"offset", nullptr},
                      {"sequence", nullptr},
                      {"utc_us", nullptr},
                      {"detail", finding.detail}};
  if (finding.offset) object["offset"] = *finding.offset;
  if (finding.sequence) object["sequence"] = *finding.sequence;
  if (finding.utc) object["utc_us"] = finding.utc->us;
  return object;
}

void print_json(const evidence::Verification& verification) {
  json::array findings;
  for (const auto& finding : verification.findings) findings.push_back(to_json(finding));
  json::array keys;
  for (const auto& key : verification.keys)
    keys.push_back(json::object{{"key", evidence::to_hex(key)},
                                {"fingerprint", evidence::to_hex(evidence::fingerprint(key))}});
  json::array torn;
  for (const auto& end : verification.torn)
    torn.push_back(json::object{{"path", end.path}, {"offset", end.offset}, {"bytes", end.bytes}});
  json::array notes;
  for (const std::string& note : verification.notes) notes.emplace_back(note);
  const json::object all{{"intact", verification.intact()},
                         {"files", verification.files},
                         {"bytes", verification.bytes},
                         {"fragments", verification.records},
                         {"checkpoints", verification.checkpoints},
                         {"not_signed_yet", verification.not_signed_yet},
                         {"keys", std::move(keys)},
                         {"torn", std::move(torn)},
                         {"notes", std::move(notes)},
                         {"findings", std::move(findings)}};
  // Names and details are those of whoever altered it, and JSON is UTF-8.
  std::printf("%s\n", to_utf8(json::serialize(all)).c_str());
}

/// For a terminal, which would act on what is hidden in a name.
std::string shown(const std::string& text) { return clean_line(text, 4096); }

void print_human(const evidence::Verification& verification, bool key_was_given) {
  for (const auto& finding : verification.findings) {
    std::printf("%s: %s", std::string(evidence::to_string(finding.fault)).c_str(),
                shown(finding.path).c_str());
    if (finding.offset)
      std::printf(" at byte %llu", static_cast<unsigned long long>(*finding.offset));
    if (finding.sequence)
      std::printf(", sequence %llu", static_cast<unsigned long long>(*finding.sequence));
    if (finding.utc) std::printf(", %s", to_rfc3339(*finding.utc).c_str());
    std::printf(": %s\n", shown(finding.detail).c_str());
  }
  for (const auto& end : verification.torn)
    std::printf(
        "note: %s at byte %llu: %llu bytes are what a crash left; nobody vouches for them\n",
        shown(end.path).c_str(), static_cast<unsigned long long>(end.offset),
        static_cast<unsigned long long>(end.bytes));
  for (const std::string& note : verification.notes) std::printf("note: %s\n", shown(note).c_str());
  std::printf("%llu files, %llu fragments, %llu bytes, %llu checkpoints\n",
              static_cast<unsigned long long>(verification.files),
              static_cast<unsigned long long>(verification.records),
              static_cast<unsigned long long>(verification.bytes),
              static_cast<unsigned long long>(verification.checkpoints));
  if (verification.not_signed_yet > 0)
    std::printf("%llu at the open end are not signed yet\n",
                static_cast<unsigned long long>(verification.not_signed_yet));
  for (const auto& key : verification.keys)
    std::printf("signed with the key of fingerprint %s%s\n",
                evidence::to_hex(evidence::fingerprint(key)).c_str(),
                key_was_given ? "" : "; compare it with the one that the site has published");
  std::printf("%s\n", verification.intact() ? "Intact: every byte is accounted for."
                                            : "NOT intact: see above.");
}

/// An export bundle; what it does not cover is told as notes.
Result<evidence::Verification> verify_zip(fs::FileSystem& files,
                                          const store::VerifyRequest& request) {
  VEDETTE_ASSIGN(const auto file, files.open_read(request.path));
  VEDETTE_ASSIGN(const uint64_t size, file->size());
  const store::FileSource source(*file, size);
  VEDETTE_ASSIGN(evidence::BundleVerification bundle, evidence::verify_bundle(source, request.key));
  evidence::Verification verification = std::move(bundle.verification);
  verification.files = 1;
  verification.bytes = size;
  for (const evidence::UncoveredTime& hole : bundle.holes)
    verification.notes.push_back("nothing from " + to_rfc3339(hole.from) + " to " +
                                 to_rfc3339(hole.to) + ": " +
                                 (hole.cause.empty() ? "no gap explains it" : hole.cause));
  return verification;
}

/// Databases and keys, with a volume in it as a rule: nothing that could be verified itself.
Result<void> check_no_data_folder(fs::FileSystem& files, std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  const bool data = files.exists(fs::join(path, "config.db")) &&
                    !files.exists(fs::join(path, store::kIdentityFile));
  if (!data) return ok();
  const std::string video = fs::join(path, "video");
  return make_error(ErrorCode::kInvalidArgument,
                    path + " is a data folder, not recordings; verify " +
                        (files.exists(fs::join(video, store::kIdentityFile))
                             ? "its volume with: vedette verify " + video + " --key " +
                                   fs::join(path, "keys/site.pub")
                             : "a volume, the folder that --volume gave to vedette serve"));
}

int verify(const VerifyOptions& options) {
  fs::RealFileSystem files;
  if (const auto right = check_no_data_folder(files, options.path); !right)
    return report(right.error());
  store::VerifyRequest request{options.path, std::nullopt};
  if (!options.key.empty()) {
    const auto key = wanted_key(files, options.key);
    if (!key) return report(key.error());
    request.key = *key;
  }
  const bool zip = options.path.ends_with(".zip");
  const auto verification =
      zip ? verify_zip(files, request) : store::verify_archive(files, request);
  if (!verification) return report(verification.error());
  if (options.as_json) {
    print_json(*verification);
  } else {
    print_human(*verification, request.key.has_value());
  }
  return verification->intact() ? kDone : kAnswerIsNo;
}

std::function<int()> setup_verify(CLI::App& parser) {
  auto options = std::make_shared<VerifyOptions>();
  parser
      .add_option("path", options->path, "Recording file, camera folder, volume, ledger or bundle")
      ->required();
  parser.add_option("--key", options->key,
                    "The site's public key or its fingerprint, or the file that holds it");
  parser.add_flag("--json", options->as_json, "For programs");
  return [options] { return verify(*options); };
}

int show_key(const std::string& data) {
  const auto key = store::read_public_key(data);
  if (!key && key.error().code == ErrorCode::kNotFound) {
    return report(make_error(ErrorCode::kNotFound,
                             data + " has no key yet; it is made at the first vedette serve"));
  }
  if (!key) return report(key.error());
  std::printf("%s\nfingerprint %s\n", evidence::key_line(*key).c_str(),
              evidence::to_hex(evidence::fingerprint(*key)).c_str());
  return kDone;
}

std::function<int()> setup_key(CLI::App& parser) {
  auto data = std::make_shared<std::string>();
  parser.add_option("--data", *data, "Data folder of the site")->required();
  return [data] { return show_key(*data); };
}

}  // namespace

std::vector<Command> evidence_commands() {
  return {{auth::Policy(auth::Operation::kReadLedger, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "verify", "Whether recordings are whole, in order and signed", setup_verify},
          {auth::Policy(auth::Operation::kReadStatus, auth::ObjectKind::kServer,
                        auth::PictureUse::kNone),
           "key", "The site's public key, to publish", setup_key}};
}

}  // namespace vedette::app
