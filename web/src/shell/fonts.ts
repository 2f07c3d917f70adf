// SPDX-License-Identifier: Apache-2.0
// The letters of the page. Inter comes with it; Chinese, which would be megabytes, is what each system has: that of
// Apple, Windows, Android and Linux by name, since a browser in another language would not think of it.
export const fontFamily = [
  '"Inter Variable"',
  'Inter',
  '"PingFang SC"',
  '"Hiragino Sans GB"',
  '"Microsoft YaHei UI"',
  '"Microsoft YaHei"',
  '"Noto Sans CJK SC"',
  '"Noto Sans SC"',
  '"Source Han Sans SC"',
  'system-ui',
  'sans-serif',
].join(', ');
