// SPDX-License-Identifier: Apache-2.0
#include "evidence/checkpoint.h"

#include "base/assert.h"
#include "evidence/box_fields.h"
#include "evidence/ed25519.h"

namespace vedette::evidence {
namespace {

constexpr uint8_t kFlagFinal = 1;
constexpr uint8_t kFlagRecovered = 2;
constexpr uint8_t kFlagLedger = 4;
constexpr uint8_t kFlagClosing = 8;
constexpr size_t kSignatureBytes = std::tuple_size_v<Signature>;

unsigned flags_of(const Checkpoint& checkpoint) {
  return (checkpoint.final ? kFlagFinal : 0U) | (checkpoint.recovered ? kFlagRecovered : 0U) |
         (checkpoint.of_ledger ? kFlagLedger : 0U) | (checkpoint.closing ? kFlagClosing : 0U);
}

bool flags_fit(unsigned flags) {
  if ((flags & kFlagLedger) != 0) return flags == kFlagLedger;
  if ((flags & kFlagFinal) != 0 && (flags & kFlagClosing) == 0) return false;
  return flags < 16;
}

Result<void> check(const Checkpoint& checkpoint) {
  VEDETTE_TRY(check_ids(checkpoint.site, checkpoint.camera));
  const auto bad = [](const char* what) { return make_error(ErrorCode::kInvalidArgument, what); };
  if (!is_run_id(checkpoint.run)) return bad("a run or volume id is 16 lower-case hex digits");
  if (!flags_fit(flags_of(checkpoint)))
    return bad("these flags of a checkpoint exclude each other");
  if (checkpoint.of_ledger != checkpoint.camera.empty())
    return bad("the checkpoint of a recording names its camera, that of a ledger none");
  if (checkpoint.of_ledger && checkpoint.stream != StreamKind::kMain)
    return bad("a ledger has no stream");
  if ((checkpoint.number == 0) != (checkpoint.previous == Hash{}))
    return bad("the first checkpoint, and no other, has none before it");
  return ok();
}

}  // namespace

Result<Bytes> encode(const Checkpoint& checkpoint) {
  VEDETTE_TRY(check(checkpoint));
  ByteWriter out;
  write_frame(out, kCheckpointFixedBytes + checkpoint.site.size() + checkpoint.camera.size());
  out.u8(kKindCheckpoint);
  out.u8(static_cast<uint8_t>(checkpoint.algorithm));
  out.u8(static_cast<uint8_t>(checkpoint.stream));
  out.u8(flags_of(checkpoint));
  out.u8(static_cast<uint8_t>(checkpoint.signature_algorithm));
  out.u8(checkpoint.site.size());
  out.u8(checkpoint.camera.size());
  write_run(out, checkpoint.run);
  out.u64(checkpoint.first_sequence);
  out.u32(checkpoint.count);
  out.u32(checkpoint.number);
  write_time(out, checkpoint.signed_at);
  out.bytes(checkpoint.root);
  out.bytes(checkpoint.init);
  out.bytes(checkpoint.previous);
  out.u64(checkpoint.ledger.entries);
  out.bytes(checkpoint.ledger.hash);
  out.bytes(checkpoint.key);
  out.text(checkpoint.site);
  out.text(checkpoint.camera);
  out.bytes(checkpoint.signature);
  return out.take();
}

Result<Checkpoint> decode_checkpoint(ByteSpan box) {
  ByteReader in(box);
  Checkpoint checkpoint;
  VEDETTE_TRY(read_frame(in, box.size()));
  if (in.u8() != kKindCheckpoint) return make_error(ErrorCode::kUnsupported, "not a checkpoint");
  VEDETTE_TRY(check_hash_algorithm(in.u8()));
  const uint8_t stream = in.u8();
  const uint8_t flags = in.u8();
  const uint8_t signing = in.u8();
  const size_t site_bytes = in.u8();
  const size_t camera_bytes = in.u8();
  if (!in.ok() || box.size() != kCheckpointFixedBytes + site_bytes + camera_bytes)
    return malformed(0, "size does not fit its ids");
  if (stream > static_cast<uint8_t>(StreamKind::kSub)) return malformed(27, "stream");
  if (!flags_fit(flags)) return malformed(28, "flags");
  if (signing != static_cast<uint8_t>(SignatureAlgorithm::kEd25519)) {
    return make_error(ErrorCode::kUnsupported,
                      fmt::format("signature algorithm {} is not known", signing));
  }
  checkpoint.stream = static_cast<StreamKind>(stream);
  checkpoint.final = (flags & kFlagFinal) != 0;
  checkpoint.recovered = (flags & kFlagRecovered) != 0;
  checkpoint.of_ledger = (flags & kFlagLedger) != 0;
  checkpoint.closing = (flags & kFlagClosing) != 0;
  checkpoint.run = read_run(in);
  checkpoint.first_sequence = in.u64();
  checkpoint.count = in.u32();
  checkpoint.number = in.u32();
  checkpoint.signed_at = read_time(in);
  checkpoint.root = read_hash(in);
  checkpoint.init = read_hash(in);
  checkpoint.previous = read_hash(in);
  checkpoint.ledger.entries = in.u64();
  checkpoint.ledger.hash = read_hash(in);
  checkpoint.key = read_hash(in);
  checkpoint.site = as_text(in.bytes(site_bytes));
  checkpoint.camera = as_text(in.bytes(camera_bytes));
  const ByteSpan signature = in.bytes(kSignatureBytes);
  if (!in.ok()) return malformed(in.offset(), "cut off");
  std::copy(signature.begin(), signature.end(), checkpoint.signature.begin());
  if (const auto valid = check(checkpoint); !valid) return malformed(28, valid.error().message());
  return checkpoint;
}

Result<Bytes> seal(Checkpoint& checkpoint, const Signer& signer) {
  checkpoint.signature_algorithm = signer.algorithm();
  checkpoint.key = signer.public_key();
  VEDETTE_ASSIGN(Bytes box, encode(checkpoint));
  const size_t signed_bytes = box.size() - kSignatureBytes;
  VEDETTE_ASSIGN(checkpoint.signature, signer.sign(ByteSpan(box).first(signed_bytes)));
  std::copy(checkpoint.signature.begin(), checkpoint.signature.end(),
            box.begin() + static_cast<ptrdiff_t>(signed_bytes));
  return box;
}

bool signature_is_right(ByteSpan box) {
  const auto checkpoint = decode_checkpoint(box);
  VEDETTE_ASSERT(checkpoint.has_value());
  return ed25519_verify(checkpoint->key, box.first(box.size() - kSignatureBytes),
                        checkpoint->signature);
}

}  // namespace vedette::evidence
