// SPDX-License-Identifier: Apache-2.0
// Internal to mp4. Three archives with the same interface, so that each box states its fields once
// (mp4/boxes.h): FieldSizer counts, FieldWriter writes, FieldReader reads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/assert.h"
#include "base/bytes.h"
#include "mp4/box.h"

namespace vedette::mp4 {

/// Counts the bytes that FieldWriter would write.
class FieldSizer {
 public:
  static constexpr bool kReading = false;
  [[nodiscard]] size_t size() const { return size_; }

  template <typename T>
  void uint(size_t bytes, const T&) {
    size_ += bytes;
  }
  void reserved(size_t count) { size_ += count; }
  void constant(size_t bytes, uint64_t) { size_ += bytes; }
  void bytes(const Bytes& value, size_t) { size_ += value.size(); }
  template <typename Entry>
  void entries(const std::vector<Entry>& value, size_t, size_t entry_bytes) {
    size_ += value.size() * entry_bytes;
  }
  void fail() {}

 private:
  size_t size_ = 0;
};

/// Writes big-endian into memory that the caller has sized with FieldSizer.
class FieldWriter {
 public:
  static constexpr bool kReading = false;
  explicit FieldWriter(std::span<uint8_t> out) : at_(out.data()), end_(out.data() + out.size()) {}
  [[nodiscard]] size_t left() const { return static_cast<size_t>(end_ - at_); }

  template <typename T>
  void uint(size_t bytes, const T& value) {
    constant(bytes, static_cast<uint64_t>(value));
  }
  void reserved(size_t count) {
    for (size_t i = 0; i < count; ++i) constant(1, 0);
  }
  /// REQUIRES: room for the field; the memory was sized by the same transfer().
  void constant(size_t bytes, uint64_t value) {
    VEDETTE_ASSERT(bytes <= left());
    for (size_t i = 0; i < bytes; ++i)
      at_[i] = static_cast<uint8_t>(value >> (8 * (bytes - 1 - i)));
    at_ += bytes;
  }
  void bytes(const Bytes& value, size_t) {
    for (const uint8_t byte : value) constant(1, byte);
  }
  template <typename Entry>
  void entries(std::vector<Entry>& value, size_t, size_t) {
    for (Entry& entry : value) entry.transfer(*this);
  }
  void fail() {}

 private:
  uint8_t* at_;
  uint8_t* end_;
};

/// Reads the body of one box. Check ok() after a whole structure.
class FieldReader {
 public:
  static constexpr bool kReading = true;
  explicit FieldReader(ByteSpan body) : in_(body) {}
  [[nodiscard]] bool ok() const { return ok_ && in_.ok(); }
  [[nodiscard]] size_t remaining() const { return in_.remaining(); }
  [[nodiscard]] size_t offset() const { return in_.offset(); }
  [[nodiscard]] ByteSpan rest() const { return in_.rest(); }
  void skip(size_t count) { in_.skip(count); }

  template <typename T>
  void uint(size_t bytes, T& value) {
    uint64_t wide = 0;
    for (size_t i = 0; i < bytes; ++i) wide = wide << 8 | in_.u8();
    value = static_cast<T>(wide);
  }
  void reserved(size_t count) { in_.skip(count); }
  /// A field that has this value in our files; others may hold anything.
  void constant(size_t bytes, uint64_t) { in_.skip(bytes); }
  /// The rest of the box, at most `limit` bytes.
  void bytes(Bytes& value, size_t limit) {
    if (in_.remaining() > limit) return fail();
    const ByteSpan rest = in_.bytes(in_.remaining());
    value.assign(rest.begin(), rest.end());
  }
  /// As many as value.size() says before; bounded by what is left of the box.
  template <typename Entry>
  void entries(std::vector<Entry>& value, size_t count, size_t entry_bytes) {
    if (!ok() || count > in_.remaining() / entry_bytes) return fail();
    value.resize(count);
    for (Entry& entry : value) entry.transfer(*this);
  }
  void fail() { ok_ = false; }

 private:
  ByteReader in_;
  bool ok_ = true;
};

/// Appends boxes to a byte string; children go between begin() and end().
class BoxBuilder {
 public:
  [[nodiscard]] size_t begin(FourCc type) {
    const size_t start = out_.size();
    out_.u32(0);
    out_.u32(type);
    return start;
  }
  void end(size_t start) { out_.patch_u32(start, static_cast<uint32_t>(out_.size() - start)); }

  template <typename Fields>
  void fields(Fields& value) {
    FieldSizer sizer;
    value.transfer(sizer);
    Bytes body(sizer.size());
    FieldWriter writer(body);
    value.transfer(writer);
    out_.bytes(body);
  }
  /// A box without children.
  template <typename Box>
  void box(Box value) {
    const size_t start = begin(Box::kType);
    fields(value);
    end(start);
  }
  void bytes(ByteSpan bytes) { out_.bytes(bytes); }
  void zeros(size_t count) { out_.zeros(count); }
  [[nodiscard]] size_t size() const { return out_.size(); }
  [[nodiscard]] Bytes take() { return out_.take(); }

 private:
  ByteWriter out_;
};

}  // namespace vedette::mp4
