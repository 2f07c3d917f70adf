// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/bounded_queue.h"
#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "base/time.h"

namespace vedette {
namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return make_error(ErrorCode::kInvalidArgument, "odd");
  return value / 2;
}

Result<int> quarter(int value) {
  VEDETTE_ASSIGN(const int once, half(value));
  VEDETTE_ASSIGN(const int twice, half(once));
  return twice;
}

TEST(Result, try_passes_the_first_error_on) {
  EXPECT_EQ(quarter(8).value(), 2);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error().code, ErrorCode::kInvalidArgument);
}

TEST(Error, context_grows_outwards) {
  const Error error =
      make_error(ErrorCode::kTimeout, "no answer").with_context("DESCRIBE").with_context("cam=1");
  EXPECT_EQ(error.message(), "cam=1: DESCRIBE: no answer");
}

TEST(ByteReader, a_read_past_the_end_makes_it_bad_for_good) {
  const Bytes bytes = {1, 2, 3};
  ByteReader in(bytes);
  EXPECT_EQ(in.u16(), 0x0102);
  EXPECT_EQ(in.u32(), 0u);
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.u8(), 0) << "the byte that is left must not be read as something else";
}

TEST(ByteWriter, writes_big_endian) {
  ByteWriter out;
  out.u16(0x0102);
  out.u24(0x030405);
  out.u64(6);
  EXPECT_EQ(out.view(), (Bytes{1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0, 0, 6}));
}

struct TimeRow {
  const char* text;
  int64_t us;
};

TEST(Time, parses_rfc3339_and_microseconds) {
  const TimeRow rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2026-11-22T14:03:27.2Z", 1795356207200000},
      {"2026-11-22T15:03:27.200000999+01:00", 1795356207200000},
      {"1969-12-31T23:59:59.5Z", -500000},
      {"1795356207200000", 1795356207200000},
  };
  for (const TimeRow& row : rows) {
    const auto time = parse_time(row.text);
    ASSERT_TRUE(time) << row.text;
    EXPECT_EQ(time->us, row.us) << row.text;
  }
  EXPECT_EQ(to_rfc3339({1795356207200000}), "2026-11-22T14:03:27.200000Z");
  EXPECT_EQ(to_rfc3339({-500000}), "1969-12-31T23:59:59.500000Z");
}

TEST(Time, refuses_what_is_not_a_time) {
  for (const char* text : {"", "now", "2026-13-01T00:00:00Z", "2026-11-22T14:03:27", "2026-11-22",
                           "2026-02-30T00:00:00Z", "2026-11-22T14:03:27.Z", "12x"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(Time, scales_ticks_without_overflow) {
  EXPECT_EQ(ticks_to_us(90000, 90000), 1'000'000);
  EXPECT_EQ(ticks_to_us(-1, 90000), -12) << "rounds down";
  EXPECT_EQ(ticks_to_us(int64_t{1} << 50, 90000), 12509998964918044) << "past 64 bits inside";
  EXPECT_EQ(us_to_ticks(1'000'000, 48000), 48000);
}

TEST(Id, accepts_only_what_is_safe_in_a_path) {
  EXPECT_TRUE(check_id("front-door_2"));
  for (const char* id : {"", "-a", "../x", "A", "a b", "ü", "a/b"})
    EXPECT_FALSE(check_id(id)) << id;
  EXPECT_FALSE(check_id(std::string(65, 'a')));
  EXPECT_EQ(random_id(8).size(), 16u);
  EXPECT_NE(random_id(), random_id());
}

TEST(BoundedQueue, refuses_when_full_and_drains_after_close) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.push(3));
  queue.close();
  EXPECT_EQ(queue.pop(Duration(0)), 1);
  EXPECT_EQ(queue.pop(Duration(0)), 2);
  EXPECT_EQ(queue.pop(Duration(0)), std::nullopt);
}

TEST(BoundedQueue, wakes_a_waiting_reader) {
  BoundedQueue<int> queue(1);
  std::thread writer([&] { EXPECT_TRUE(queue.push(7)); });
  EXPECT_EQ(queue.pop(std::chrono::seconds(10)), 7);
  writer.join();
}

TEST(MutexDeathTest, locks_out_of_order_abort) {
#ifndef NDEBUG
  Mutex leaf(LockOrder::kLeaf);
  Mutex store(LockOrder::kStore);
  EXPECT_DEATH(
      {
        MutexLock first(leaf);
        MutexLock second(store);
      },
      "assertion failed");
#endif
}

}  // namespace
}  // namespace vedette
