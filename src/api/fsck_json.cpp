// SPDX-License-Identifier: Apache-2.0
#include "api/fsck_json.h"

namespace vedette::api {
namespace {

namespace json = boost::json;

json::object counts_of(const store::FsckReport& report) {
  json::object counts;
  for (size_t i = 0; i < store::kFindingKinds; ++i) {
    const auto kind = static_cast<store::FindingKind>(i);
    if (report.count(kind) > 0) counts[store::to_string(kind)] = report.count(kind);
  }
  return counts;
}

json::array findings_of(const store::FsckReport& report) {
  json::array findings;
  for (const store::Finding& finding : report.findings) {
    findings.push_back(json::object{{"kind", store::to_string(finding.kind)},
                                    {"note", store::is_note(finding.kind)},
                                    {"path", finding.path},
                                    {"detail", finding.detail},
                                    {"meaning", store::explain(finding.kind)}});
  }
  return findings;
}

json::object to_json(const store::FsckReport& report) {
  uint64_t total = 0;
  for (const uint64_t count : report.counts) total += count;
  return json::object{
      {"clean", report.problems() == 0 && report.error.empty() && !report.cancelled},
      {"cancelled", report.cancelled},
      {"error", report.error.empty() ? json::value() : json::value(report.error)},
      {"problems", report.problems()},
      {"counts", counts_of(report)},
      {"findings", findings_of(report)},
      {"findings_left_off", total - report.findings.size()},
      {"files", report.files},
      {"fragments", report.fragments},
      {"bytes", report.bytes},
      {"hashed_bytes", report.hashed_bytes},
      {"restored_files", report.restored_files},
      {"restored_fragments", report.restored_fragments},
      {"restored_gaps", report.restored_gaps},
      {"dropped_rows", report.dropped_rows},
      {"rebuilt_volumes", json::value_from(report.rebuilt)},
      {"elapsed_us", report.elapsed_us}};
}

}  // namespace

json::object to_json(const store::FsckStatus& status) {
  return json::object{
      {"running", status.running},
      {"rebuild", status.options.rebuild},
      {"quick", status.options.quick},
      {"started_us", status.started.us == 0 ? json::value() : json::value(status.started.us)},
      {"progress", json::object{{"files", status.progress.files},
                                {"of_files", status.progress.of_files},
                                {"fragments", status.progress.fragments},
                                {"bytes", status.progress.bytes}}},
      {"report", status.report ? json::value(to_json(*status.report)) : json::value()}};
}

}  // namespace vedette::api
