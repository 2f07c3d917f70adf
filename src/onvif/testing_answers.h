// SPDX-License-Identifier: Apache-2.0
// For tests: the answers in testdata/.
#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace vedette::onvif {

inline std::string fixture(const std::string& name) {
  std::ifstream file(std::string(VEDETTE_SOURCE_DIR) + "/src/onvif/testdata/" + name);
  EXPECT_TRUE(file.good()) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace vedette::onvif
