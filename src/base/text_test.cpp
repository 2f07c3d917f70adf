// SPDX-License-Identifier: Apache-2.0
// Text that comes from elsewhere or goes to people: UTF-8, and addresses with passwords in them.
#include <gtest/gtest.h>

#include "base/url_secrets.h"
#include "base/utf8.h"

namespace vedette {
namespace {

TEST(RedactUrl, hides_passwords_before_the_host_and_in_paths_and_queries) {
  struct Row {
    const char* url;
    const char* shown;
  };
  for (const Row& row : {
           Row{"rtsp://u:p@h/x", "rtsp://u:***@h/x"},
           {"rtsp://u:p@q@h/x?a=b@c", "rtsp://u:***@h/x?a=b@c"},
           {"rtsp://h/x:y@z", "rtsp://h/x:y@z"},
           {"rtsp://u@h:554/x", "rtsp://u@h:554/x"},
           {"rtsp://h/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream",
            "rtsp://h/user=admin_password=***_channel=1_stream=0.sdp?real_stream"},
           {"rtsp://h/user=admin&password=a_b&channel=1",
            "rtsp://h/user=admin&password=***&channel=1"},
           {"rtsp://h/s?PWD=x&Passwd=y/z", "rtsp://h/s?PWD=***&Passwd=***/z"},
           {"rtsp://u:p@h/s?psw=a=b#c", "rtsp://u:***@h/s?psw=***#c"},
           {"rtsp://h?pass=x", "rtsp://h?pass=***"},
           {"/s?pwd=x", "/s?pwd=***"},
           {"rtsp://h/user=admin_password=_channel=1", "rtsp://h/user=admin_password=_channel=1"},
           {"rtsp://h/s?bypass=1&compass=2", "rtsp://h/s?bypass=1&compass=2"},
           {"pwd=", "pwd="},
           {"", ""},
       }) {
    EXPECT_EQ(redact_url(row.url), row.shown);
  }
}

TEST(UrlSecrets, say_where_each_stands_in_order_and_without_overlap) {
  // Every text of up to seven of these pieces: marks where there is no field must not confuse it.
  const std::string_view pieces[] = {"://", ":", "@", "/", "_x=", "pwd=", "v"};
  for (size_t n = 0; n < 823'543; n += 3) {
    std::string url;
    for (size_t rest = n; rest > 0; rest /= 7) url += pieces[rest % 7];
    size_t end = 0;
    for (const UrlSecret& secret : url_secrets(url)) {
      ASSERT_GE(secret.offset, end) << url;
      end = secret.offset + secret.size;
      ASSERT_LE(end, url.size()) << url;
    }
    ASSERT_EQ(redact_url(redact_url(url)), redact_url(url)) << url;
  }
}

TEST(Utf8, knows_characters_from_what_only_looks_like_them) {
  EXPECT_EQ(utf8_size("a"), 1U);
  EXPECT_EQ(utf8_size("\u00fc!"), 2U);
  EXPECT_EQ(utf8_size("\u9580"), 3U);
  EXPECT_EQ(utf8_size("\U0001F4F7"), 4U);
  for (const char* none :
       {"", "\x80", "\xfc", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe9\x96"}) {
    EXPECT_EQ(utf8_size(none), 0U) << none;
  }
}

TEST(Utf8, replaces_each_foreign_byte_and_leaves_the_rest) {
  EXPECT_EQ(to_utf8("\u9580 f\xfcr\n"), "\u9580 f\uFFFDr\n");
  EXPECT_EQ(to_utf8("\xe9\x96"), "\uFFFD\uFFFD");
  EXPECT_EQ(to_utf8(""), "");
}

TEST(Utf8, makes_one_line_and_never_cuts_a_character) {
  EXPECT_EQ(clean_line("a\r\nb\x7f\xff", 99), "a  b \uFFFD");
  EXPECT_EQ(clean_line("ab\u00fc", 3), "ab");
  EXPECT_EQ(clean_line("ab\u00fc", 4), "ab\u00fc");
  EXPECT_EQ(clean_line("ab", 0), "");
}

}  // namespace
}  // namespace vedette
