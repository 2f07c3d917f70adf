// SPDX-License-Identifier: Apache-2.0
#include "transcode/budget.h"

#include <algorithm>
#include <ctime>

namespace vedette::transcode {

void Budget::charge(Duration used, MonoTime now) {
  const auto elapsed = static_cast<double>(std::max<int64_t>(0, (now - filled_).count()));
  filled_ = now;
  balance_ = std::min(kMost, balance_ + Duration(static_cast<int64_t>(cores_ * elapsed))) - used;
}

Duration thread_cpu_time() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return Duration(int64_t{time.tv_sec} * 1'000'000 + time.tv_nsec / 1000);
}

double expected_cores(int width, int height, double fps) {
  // A 720p camera at 15 pictures a second takes 9 ns for each pixel, decoded and coded again, on
  // one core of a 2020 server; busy scenes take more.
  constexpr double kSecondsPerPixel = 12e-9;
  const double rate = fps >= 1 && fps <= 120 ? fps : 15;
  return kSecondsPerPixel * width * height * rate;
}

}  // namespace vedette::transcode
