// SPDX-License-Identifier: Apache-2.0
// Any text is hours that are written and read back the same, or a refusal in words.
#include "base/assert.h"
#include "base/bytes.h"
#include "store/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace vedette;
  const auto hours = store::parse_schedule_line(as_text({data, size}));
  if (!hours) {
    VEDETTE_ASSERT(!hours.error().what.empty());
    return 0;
  }
  VEDETTE_ASSERT(hours->days != 0 && hours->days < 0x80);
  VEDETTE_ASSERT(hours->from >= 0 && hours->from < 1440 && hours->to >= 0 && hours->to <= 1440);
  const auto again = store::parse_schedule_line(store::to_string(*hours));
  VEDETTE_ASSERT(again.has_value() && *again == *hours);
  // Some minute of the week is within.
  bool any = false;
  for (int day = 0; day < 7; ++day) any = any || store::covers({*hours}, {day, hours->from});
  VEDETTE_ASSERT(any);
  return 0;
}
