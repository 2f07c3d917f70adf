// SPDX-License-Identifier: Apache-2.0
// Rows of records and checkpoints, in letters: a to z are records in their order, A the same record
// a with other bytes, | the checkpoint over what stood before it when it was signed, ? a record
// that cannot be read, ~ where the next window may begin anywhere. Named by what was done.
#include "evidence/checkpoint_window.h"

#include <cctype>
#include <map>

#include <gtest/gtest.h>

#include "evidence/checkpointer.h"
#include "evidence/ed25519.h"

namespace vedette::evidence {
namespace {

Hash leaf(char letter) { return sha256(Bytes{static_cast<uint8_t>(letter)}); }

/// Signs `original`, of letters and |; each checkpoint by its number.
std::map<char, Bytes> signed_checkpoints(std::string_view original) {
  const Ed25519Signer signer(Seed{7});
  Checkpoint about;
  about.site = "farm";
  about.camera = "door";
  about.run = "0123456789abcdef";
  Checkpointer checkpointer(about);
  std::map<char, Bytes> made;
  for (const char letter : original) {
    if (letter != '|') {
      checkpointer.add(leaf(letter));
      continue;
    }
    const auto box = checkpointer.make(signer, {}).value();
    checkpointer.written(box);
    made['0' + static_cast<char>(made.size())] = box.box;
  }
  return made;
}

/// What is said of `row`, in which a checkpoint is its number.
std::string judged(const std::map<char, Bytes>& checkpoints, std::string_view row) {
  Verification out;
  CheckpointWindow window(out);
  for (const char letter : row) {
    if (letter == '?')
      window.spoil();
    else if (letter == '~')
      window.forget();
    else if (const auto box = checkpoints.find(letter); box != checkpoints.end())
      window.close(decode_checkpoint(box->second).value(), box->second, 0);
    else
      window.add(static_cast<uint64_t>(std::tolower(letter) - 'a'), leaf(letter));
  }
  std::string all;
  for (const Finding& finding : out.findings)
    all += (all.empty() ? "" : " ") + std::string(to_string(finding.fault));
  return all + (window.pending() > 0 ? "+" + std::to_string(window.pending()) : "");
}

TEST(CheckpointWindow, tells_each_attack_by_its_name) {
  const auto checkpoints = signed_checkpoints("abc|de|f|");
  const struct {
    const char* name;
    const char* row;
    const char* said;
  } rows[] = {
      {"whole", "abc0de1f2", ""},
      {"begins behind a checkpoint", "de1f2", ""},
      {"the end is not signed yet", "abc0de1f2gh", "+2"},
      {"a record has other bytes", "aBc0de1f2", "altered"},
      {"a record is gone from within", "ac0de1f2", "removed"},
      {"the last record is gone", "ab0de1f2", "removed"},
      {"a record cannot be read", "a?c0de1f2", "removed"},
      {"one record too many", "abcd0e1f2", "altered removed"},
      {"the records of a window are gone", "abc01f2", "removed"},
      {"a window is gone", "abc0f2", "removed removed"},
      {"a checkpoint stands twice", "abc00de1f2", "duplicated removed"},
      {"two windows changed places", "de1abc0f2", "reordered removed removed removed"},
      {"what is between was left out", "abc0~f2", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(judged(checkpoints, row.row), row.said) << row.name;
}

TEST(CheckpointWindow, knows_a_checkpoint_of_another_row) {
  auto checkpoints = signed_checkpoints("abc|de|");
  checkpoints['9'] = signed_checkpoints("xbc|de|").at('1');
  EXPECT_EQ(judged(checkpoints, "abc0de1"), "");
  EXPECT_EQ(judged(checkpoints, "abc0de9"), "altered") << "it follows another one";
}

TEST(CheckpointWindow, knows_a_signature_that_is_wrong) {
  auto checkpoints = signed_checkpoints("abc|");
  checkpoints['0'].back() ^= 1;
  EXPECT_EQ(judged(checkpoints, "abc0"), "altered");
}

}  // namespace
}  // namespace vedette::evidence
