// SPDX-License-Identifier: Apache-2.0
#include "store/volume_trouble.h"

#include <gtest/gtest.h>

namespace vedette::store {
namespace {

TEST(VolumeTrouble, HasANameBesideItsSentence) {
  const std::string path = "/srv/a";
  EXPECT_EQ(trouble_of(missing_volume(path)), "missing");
  EXPECT_EQ(trouble_of(other_volume(path)), "exchanged");
  EXPECT_EQ(trouble_of(foreign_volume(path)), "foreign");
  EXPECT_EQ(trouble_of(second_recorder(path)), "in_use");
  EXPECT_EQ(trouble_of(hung_disk(path)), "hung");
  EXPECT_EQ(trouble_of(used_up_quota(path)), "quota");
  EXPECT_EQ(trouble_of(no_cleaning(path, "the catalog is an older copy")), "catalog");
  EXPECT_EQ(no_cleaning(path, "the catalog is an older copy").what.substr(0, 56),
            "the catalog is an older copy: nothing is deleted on /srv");
  for (const Error& error : {missing_volume(path), other_volume(path), hung_disk(path)})
    EXPECT_NE(error.what.find(path), std::string::npos) << error.what;
}

TEST(VolumeTrouble, OfTheDiskItselfIsNamedByWhatItAnswered) {
  EXPECT_EQ(trouble_of(make_error(ErrorCode::kResourceExhausted, "No space left on device")),
            "full");
  EXPECT_EQ(trouble_of(make_error(ErrorCode::kPermissionDenied, "Read-only file system")),
            "read_only");
  EXPECT_EQ(trouble_of(make_error(ErrorCode::kDataLoss, "vedette-volume.json is damaged")),
            "damaged");
  EXPECT_EQ(trouble_of(make_error(ErrorCode::kUnavailable, "Input/output error")), "failing");
}

TEST(VolumeTrouble, KeepsItsNameWhenALayerAddsWhereItHappened) {
  EXPECT_EQ(trouble_of(missing_volume("/srv/a").with_context("archive")), "missing");
}

}  // namespace
}  // namespace vedette::store
