// SPDX-License-Identifier: Apache-2.0
using namespace std;
class StreamManager {};
struct TrackInfo;
struct TrackInfo {
  int a = 0;
};
class FrameData final {};
