// SPDX-License-Identifier: Apache-2.0
#include "evidence/bundle.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/utf8.h"
#include "evidence/box_fields.h"
#include "evidence/zip.h"

namespace vedette::evidence {
namespace {

constexpr std::string_view kFirstLine = "vedette-bundle 1";
constexpr size_t kMaxText = 200;
constexpr std::string_view kKeyWord = "ed25519 ";

/// Lines of text, one after the other; the first that is not as it should be ends all.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] size_t line() const { return line_; }

  /// The text after "<word> " of the next line, if that is what the line begins with.
  std::optional<std::string_view> optional_field(std::string_view word) {
    const size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view whole = rest_.substr(0, end);
    if (whole.size() <= word.size() || !whole.starts_with(word) || whole[word.size()] != ' ') {
      return std::nullopt;
    }
    rest_.remove_prefix(end + 1);
    ++line_;
    return whole.substr(word.size() + 1);
  }
  /// Empty when the line is another one: no field is.
  std::string_view field(std::string_view word) { return optional_field(word).value_or(""); }

 private:
  std::string_view rest_;
  size_t line_ = 1;
};

Error bad_line(const LineReader& in) {
  return make_error(ErrorCode::kDataLoss, fmt::format("{}, line {}: not what an export writes",
                                                      kManifestName, in.line()));
}

bool is_text(std::string_view text) {
  return utf8_length(text) <= kMaxText && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

template <typename Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  return code == std::errc() && end == text.data() + text.size();
}

bool parse_hex(std::string_view text, std::span<uint8_t> out) {
  if (text.size() != 2 * out.size()) return false;
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<uint8_t>(digit(text[2 * i]) << 4 | digit(text[2 * i + 1]));
  }
  return true;
}

/// "<hash> <size> <name>".
bool parse_file(std::string_view text, BundleFile& file) {
  const size_t first = text.find(' ');
  if (first == std::string_view::npos) return false;
  const size_t second = text.find(' ', first + 1);
  if (second == std::string_view::npos) return false;
  file.name = text.substr(second + 1);
  return parse_hex(text.substr(0, first), file.hash) &&
         parse_number(text.substr(first + 1, second - first - 1), file.size);
}

Result<void> check(const Manifest& manifest) {
  VEDETTE_TRY(check_ids(manifest.site, manifest.camera));
  const bool texts = is_text(manifest.name) && is_text(manifest.operator_name) &&
                     is_text(manifest.program) && !manifest.program.empty() &&
                     check_id(manifest.by).has_value();
  const bool names = std::all_of(manifest.files.begin(), manifest.files.end(),
                                 [](const auto& f) { return check_zip_name(f.name).has_value(); });
  if (texts && names && !manifest.camera.empty() && manifest.from < manifest.to) return ok();
  return make_error(ErrorCode::kInvalidArgument, "a manifest that cannot be written");
}

void read_head(LineReader& in, Manifest& out, bool& good) {
  out.site = in.field("site");
  out.camera = in.field("camera");
  out.name = in.optional_field("name").value_or("");
  const std::string_view stream = in.field("stream");
  out.stream = stream == "sub" ? StreamKind::kSub : StreamKind::kMain;
  good = good && (stream == "sub" || stream == "main");
  good = parse_number(in.field("from"), out.from.us) && good;
  good = parse_number(in.field("to"), out.to.us) && good;
  good = parse_number(in.field("exported"), out.exported.us) && good;
  out.by = in.field("by");
  out.operator_name = in.optional_field("operator").value_or("");
  out.program = in.field("program");
  const auto key = parse_key_line(in.field("key"));
  good = good && key.has_value();
  if (key) out.key = *key;
}

}  // namespace

std::string key_line(const PublicKey& key) { return std::string(kKeyWord) + to_hex(key); }

Result<PublicKey> parse_key_line(std::string_view line) {
  PublicKey key{};
  if (line.starts_with(kKeyWord) && parse_hex(line.substr(kKeyWord.size()), key)) return key;
  return make_error(ErrorCode::kInvalidArgument,
                    "a public key is \"ed25519 \" and 64 digits of 0-9 and a-f");
}

Result<std::string> encode(const Manifest& manifest) {
  VEDETTE_TRY(check(manifest));
  std::string out =
      fmt::format("{}\nsite {}\ncamera {}\n", kFirstLine, manifest.site, manifest.camera);
  if (!manifest.name.empty()) out += fmt::format("name {}\n", manifest.name);
  out += fmt::format("stream {}\nfrom {}\nto {}\nexported {}\nby {}\n",
                     manifest.stream == StreamKind::kMain ? "main" : "sub", manifest.from.us,
                     manifest.to.us, manifest.exported.us, manifest.by);
  if (!manifest.operator_name.empty()) out += fmt::format("operator {}\n", manifest.operator_name);
  out += fmt::format("program {}\nkey {}\n", manifest.program, key_line(manifest.key));
  for (const BundleFile& file : manifest.files) {
    out += fmt::format("file {} {} {}\n", to_hex(file.hash), file.size, file.name);
  }
  return out;
}

Result<Manifest> parse_manifest(std::string_view text) {
  constexpr size_t kFirst = kFirstLine.size() + 1;
  if (text.size() > kMaxManifestBytes || !text.starts_with(kFirstLine) ||
      text.substr(0, kFirst).back() != '\n') {
    return make_error(ErrorCode::kDataLoss,
                      fmt::format("{} does not begin as version 1 does", kManifestName));
  }
  LineReader in(text.substr(kFirst));
  Manifest manifest;
  bool good = true;
  read_head(in, manifest, good);
  while (good && !in.at_end()) {
    BundleFile file;
    good = parse_file(in.field("file"), file);
    if (good) manifest.files.push_back(std::move(file));
  }
  if (!good) return bad_line(in);
  const auto again = encode(manifest);
  if (!again || *again != text) return bad_line(in);
  return manifest;
}

Result<Bytes> encode(const Omitted& omitted) {
  const uint64_t count = omitted.hashes.size();
  if (!is_run_id(omitted.run) || count == 0 || count > kMaxOmitted ||
      omitted.first_sequence > UINT64_MAX - count) {
    return make_error(ErrorCode::kInvalidArgument, "nothing, or too much, is omitted");
  }
  ByteWriter out;
  write_frame(out, kOmittedFixedBytes + count * sizeof(Hash));
  out.u8(kKindOmitted);
  out.u8(static_cast<uint8_t>(HashAlgorithm::kSha256));
  out.zeros(5);
  write_run(out, omitted.run);
  out.u64(omitted.first_sequence);
  out.u32(count);
  for (const Hash& hash : omitted.hashes) out.bytes(hash);
  return out.take();
}

Result<Omitted> decode_omitted(ByteSpan box) {
  ByteReader in(box);
  VEDETTE_TRY(read_frame(in, box.size()));
  if (in.u8() != kKindOmitted) return malformed(kKindOffset, "not of the omitted kind");
  VEDETTE_TRY(check_hash_algorithm(in.u8()));
  in.skip(5);
  Omitted omitted;
  omitted.run = read_run(in);
  omitted.first_sequence = in.u64();
  const uint32_t count = in.u32();
  if (!in.ok() || count == 0 || count > kMaxOmitted || in.remaining() != count * sizeof(Hash)) {
    return malformed(48, "count of what is omitted");
  }
  for (uint32_t i = 0; i < count; ++i) omitted.hashes.push_back(read_hash(in));
  const auto again = encode(omitted);
  if (!again || !std::equal(again->begin(), again->end(), box.begin(), box.end())) {
    return malformed(27, "a byte that must be 0");
  }
  return omitted;
}

}  // namespace vedette::evidence
