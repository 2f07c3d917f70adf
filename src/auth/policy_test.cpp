// SPDX-License-Identifier: Apache-2.0
#include "auth/policy.h"

#include <type_traits>

#include <gtest/gtest.h>

namespace vedette::auth {
namespace {

static_assert(!std::is_default_constructible_v<Policy>);
static_assert(!std::is_constructible_v<Policy, Operation>);
static_assert(!std::is_constructible_v<Policy, Operation, ObjectKind>);

constexpr Principal kOwner{PrincipalKind::kLocalOwner};
constexpr Principal kNobody{};

TEST(Policy, lets_nobody_do_more_than_probe) {
  const Policy probe(Operation::kProbe, ObjectKind::kServer, PictureUse::kNone);
  const Policy watch(Operation::kWatchLive, ObjectKind::kCamera, PictureUse::kAsRequested);
  EXPECT_TRUE(authorize(kNobody, probe));
  EXPECT_TRUE(authorize(kOwner, watch));
  const auto refusal = authorize(kNobody, watch);
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, ErrorCode::kUnauthenticated);
}

TEST(Rendition, is_given_or_refused_and_never_replaced) {
  EXPECT_EQ(choose_rendition(kOwner, std::nullopt).value(), Rendition::kClear);
  EXPECT_EQ(choose_rendition(kOwner, "clear").value(), Rendition::kClear);
  EXPECT_EQ(choose_rendition(kOwner, "redacted").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(choose_rendition(kOwner, "blurred").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(choose_rendition(kNobody, "clear").error().code, ErrorCode::kPermissionDenied);
  EXPECT_EQ(choose_rendition(kNobody, std::nullopt).error().code, ErrorCode::kPermissionDenied);
}

}  // namespace
}  // namespace vedette::auth
