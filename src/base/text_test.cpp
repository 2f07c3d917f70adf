// SPDX-License-Identifier: Apache-2.0
// Text that comes from elsewhere or goes to people: UTF-8, and addresses with passwords in them.
#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/fnv.h"
#include "base/percent.h"
#include "base/url_secrets.h"
#include "base/utf8.h"

namespace vedette {
namespace {

TEST(Base64, follows_rfc_4648) {
  const char* rows[][2] = {{"", ""},
                           {"f", "Zg=="},
                           {"fo", "Zm8="},
                           {"foo", "Zm9v"},
                           {"foob", "Zm9vYg=="},
                           {"fooba", "Zm9vYmE="},
                           {"\xff\xfe", "//4="},
                           {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(encode_base64(as_bytes(row[0])), row[1]);
    EXPECT_EQ(as_text(decode_base64(row[1])), row[0]);
    ASSERT_TRUE(parse_base64(row[1])) << row[1];
    EXPECT_EQ(as_text(*parse_base64(row[1])), row[0]);
  }
}

TEST(Base64, takes_what_cameras_send_and_refuses_it_where_it_must_be_right) {
  for (const char* text : {"Zm9v\r\n", " Zm 9v", "Zm9v%%%%", "Zm9v=garbage"}) {
    EXPECT_EQ(as_text(decode_base64(text)), "foo") << text;
    EXPECT_FALSE(parse_base64(text)) << text;
  }
  EXPECT_EQ(as_text(decode_base64("Zm8")), "fo") << "padding may be missing";
  for (const char* text : {"Zm8", "Z===", "====", "Zg=A", "no base64!"})
    EXPECT_FALSE(parse_base64(text)) << text;
}

TEST(Percent, decodes_escapes_and_leaves_what_is_none) {
  const char* rows[][2] = {{"a%2Fb", "a/b"},     {"%41%4a%4A", "AJJ"}, {"100%", "100%"},
                           {"p%w%zz", "p%w%zz"}, {"%2525", "%25"},     {"%4", "%4"}};
  for (const auto& row : rows) EXPECT_EQ(percent_decode(row[0]), row[1]);
  EXPECT_EQ(percent_escape("%0g", 0), std::nullopt);
  EXPECT_EQ(percent_escape("x", 9), std::nullopt);
}

TEST(Fnv1a, is_the_one_of_its_authors) {
  Fnv1a hash;
  EXPECT_EQ(hash.value(), 0xcbf29ce484222325U);
  hash.add(as_bytes("foobar"));
  EXPECT_EQ(hash.value(), 0x85944171f73967e8U);
}

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

TEST(Utf8, LengthCountsCharactersAndEachStrayByte) {
  EXPECT_EQ(utf8_length(""), 0U);
  EXPECT_EQ(utf8_length("a\u00fc\u9580\U0001F4F7"), 4U);
  EXPECT_EQ(utf8_length("\xe9\x96"), 2U);
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
