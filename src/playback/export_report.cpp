// SPDX-License-Identifier: Apache-2.0
#include "playback/export_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "store/holes.h"

namespace vedette::playback {
namespace {

constexpr Duration kSmallestHole{std::chrono::milliseconds(100)};

std::string seconds(Duration time) {
  return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1e6);
}

std::string in_groups(const std::string& hex) {
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 8) out += (i > 0 ? " " : "") + hex.substr(i, 8);
  return out;
}

std::string camera_of(const evidence::Manifest& manifest) {
  if (manifest.name.empty()) return fmt::format("\"{}\"", manifest.camera);
  return fmt::format("\"{}\" (id {})", manifest.name, manifest.camera);
}

std::string completeness(const evidence::Manifest& manifest, const std::vector<Hole>& holes) {
  if (holes.empty()) return "Yes: the whole stretch that was asked for is there.\n";
  Duration missing{0};
  for (const Hole& hole : holes) missing += hole.to - hole.from;
  std::string out = fmt::format("No: {} of {} are missing, in {} {}:\n", seconds(missing),
                                seconds(manifest.to - manifest.from), holes.size(),
                                holes.size() == 1 ? "place" : "places");
  for (const Hole& hole : holes) {
    out += fmt::format("  {} to {} ({}): {}{}{}\n", to_rfc3339(hole.from), to_rfc3339(hole.to),
                       seconds(hole.to - hole.from),
                       hole.cause.empty() ? "the recorder does not say why" : hole.cause,
                       hole.detail.empty() ? "" : ": ", hole.detail);
  }
  return out;
}

constexpr const char* kHowToVerify =
    "HOW TO CHECK THAT NOTHING WAS CHANGED\n"
    "1. Compare the fingerprint above with the one that the owner of the recorder publishes or "
    "tells\n"
    "   you in person. It stands for the key that signed every few seconds of the recording while "
    "it\n"
    "   was made.\n"
    "2. Run one of these two programs on the file as you received it, not unpacked. They were\n"
    "   written apart from each other; neither needs a network:\n"
    "     vedette verify BUNDLE.zip --key FINGERPRINT\n"
    "     python3 tools/verify.py BUNDLE.zip --key FINGERPRINT\n"
    "   (the fingerprint without spaces)\n"
    "3. \"intact\" means: every byte is what was recorded and signed. Otherwise they name what "
    "was\n"
    "   altered, removed or moved, and where.\n"
    "\n"
    "WHAT IS IN THIS FILE\n"
    "  video.mp4       the recording, for watching; any player opens it. It begins up to a few "
    "seconds\n"
    "                  early, with the picture from which decoding can start. When the camera "
    "changed\n"
    "                  its picture format there are several, numbered.\n"
    "  original-*.mp4  the bytes as they were recorded, with their signatures\n"
    "  ledger-*.bin    what the recorder noted about times without a recording\n"
    "  site.pub        the public key\n"
    "  manifest.txt    the list of these files with their SHA-256, who exported them, and when\n"
    "  manifest.sig    the recorder's signature over manifest.txt\n"
    "The formats are described in docs/design/bundle.md and docs/design/format.md of Vedette.\n";

}  // namespace

std::vector<Hole> find_holes(const ExportPlan& plan, const std::vector<store::Gap>& gaps) {
  const store::Span asked{plan.range.from, plan.range.to, plan.range.kind};
  std::vector<store::Span> recorded;
  for (const store::FragmentRef& fragment : plan.fragments)
    recorded.push_back({{fragment.entry.start_us}, {fragment.end_us()}, asked.kind});
  std::vector<Hole> holes;
  for (const store::Span& missing : unaccounted(asked, std::move(recorded), kSmallestHole)) {
    Hole hole{missing.start, missing.end, "", ""};
    const auto why = std::find_if(gaps.begin(), gaps.end(), [&](const store::Gap& gap) {
      return gap.kind == asked.kind && gap.start < hole.to && (!gap.end || *gap.end > hole.from);
    });
    if (why != gaps.end()) {
      hole.cause = why->cause;
      hole.detail = why->detail;
    }
    holes.push_back(std::move(hole));
  }
  return holes;
}

std::string make_report(const evidence::Manifest& manifest, const ExportPlan& plan,
                        const std::vector<Hole>& holes) {
  const std::string who =
      manifest.operator_name.empty() ? "nobody was named" : manifest.operator_name;
  const std::string fingerprint = in_groups(evidence::to_hex(evidence::fingerprint(manifest.key)));
  std::string out = fmt::format(
      "This is a video recording of the camera {}, from {} to {}, exported from the recorder that "
      "made it.\n\n",
      camera_of(manifest), to_rfc3339(manifest.from), to_rfc3339(manifest.to));
  out += "All times are UTC (a Z at the end).\n\n";
  out +=
      fmt::format("Camera       {}, stream {}, site {}\n", camera_of(manifest),
                  manifest.stream == evidence::StreamKind::kMain ? "main" : "sub", manifest.site);
  out += fmt::format("Asked for    {} to {} ({})\n", to_rfc3339(manifest.from),
                     to_rfc3339(manifest.to), seconds(manifest.to - manifest.from));
  out += fmt::format("Video        {} to {}, {} fragments\n", to_rfc3339(plan.start()),
                     to_rfc3339(plan.end()), plan.fragments.size());
  out += fmt::format("Exported     {} by {}; operator as stated: {}\n",
                     to_rfc3339(manifest.exported), manifest.by, who);
  out += fmt::format("Program      {}\n", manifest.program);
  out += fmt::format("Fingerprint  {}\n\n", fingerprint);
  out += "IS IT COMPLETE?\n" + completeness(manifest, holes) + "\n";
  return out + kHowToVerify;
}

}  // namespace vedette::playback
