// SPDX-License-Identifier: Apache-2.0
// What the site must account for: what was not recorded, when that raised an alarm, and what was
// deleted. Answers come in pages by (time, id).
#include <algorithm>
#include <charconv>
#include <tuple>

#include <fmt/format.h>

#include "api/handlers.h"
#include "api/json.h"

namespace vedette::api {
namespace {

using auth::ObjectKind;
using auth::Operation;
using auth::PictureUse;
using auth::Policy;
namespace json = boost::json;

constexpr Policy kLedger(Operation::kReadLedger, ObjectKind::kServer, PictureUse::kNone);
constexpr int64_t kMostEntries = 1000;

struct Entry {
  int64_t at_us = 0;
  int64_t id = 0;
  json::object body;
};

struct Page {
  std::string camera;  ///< empty: all
  WallTime from;
  WallTime to;
  size_t limit = kMostEntries;
  std::optional<std::pair<int64_t, int64_t>> after;
};

/// "<time>-<id>", as make_cursor() wrote it.
Result<std::pair<int64_t, int64_t>> read_cursor(std::string_view text) {
  std::pair<int64_t, int64_t> place;
  const char* const end = text.data() + text.size();
  const auto [dash, first] = std::from_chars(text.data(), end, place.first);
  if (first == std::errc() && dash != end && *dash == '-') {
    const auto [rest, second] = std::from_chars(dash + 1, end, place.second);
    if (second == std::errc() && rest == end) return place;
  }
  return make_error(ErrorCode::kInvalidArgument, "cursor is what `next` of the last page said");
}

Result<Page> read_page(const net::Request& request) {
  Page page;
  page.camera = std::string(request.query.get("camera").value_or(""));
  VEDETTE_ASSIGN(page.from.us, integer_parameter(request, "from_us", 0, INT64_MAX));
  VEDETTE_ASSIGN(page.to.us, integer_parameter(request, "to_us", 0, INT64_MAX));
  if (page.from >= page.to)
    return make_error(ErrorCode::kInvalidArgument, "to_us must be later than from_us");
  if (request.query.get("limit")) {
    VEDETTE_ASSIGN(const int64_t limit, integer_parameter(request, "limit", 1, kMostEntries));
    page.limit = static_cast<size_t>(limit);
  }
  if (const auto cursor = request.query.get("cursor")) {
    VEDETTE_ASSIGN(page.after, read_cursor(*cursor));
  }
  return page;
}

Entry gap_entry(const store::Gap& gap, WallTime now) {
  Entry entry{gap.start.us, gap.id, to_json(gap, now)};
  entry.body["kind"] = "gap";
  entry.body["camera"] = gap.camera;
  entry.body["first_seen_us"] = gap.first_seen.us;
  entry.body["alarm_us"] = gap.alarm ? json::value(gap.alarm->us) : json::value(nullptr);
  return entry;
}

Entry alarm_entry(const store::Gap& gap) {
  return {gap.alarm->us,
          gap.id,
          {{"kind", "alarm"},
           {"camera", gap.camera},
           {"stream", std::string(media::to_string(gap.kind))},
           {"at_us", gap.alarm->us},
           {"since_us", gap.start.us},
           {"cleared_us",
            gap.end ? json::value(std::max(*gap.end, *gap.alarm).us) : json::value(nullptr)},
           {"cause", gap.cause},
           {"detail", gap.detail}}};
}

Entry deletion_entry(const store::DeletedFile& file) {
  json::object body = to_json(file);
  body["kind"] = "deletion";
  body["at_us"] = file.at.us;
  return {file.start.us, file.id, std::move(body)};
}

json::object entry_body(const evidence::LedgerEntry& entry, std::string_view kind) {
  return {{"kind", kind},
          {"camera", or_null(entry.camera)},
          {"at_us", entry.written.us},
          {"by", entry.cause},
          {"detail", entry.detail}};
}

/// nullopt for an entry of another kind.
std::optional<Entry> read_entry(const evidence::LedgerEntry& entry) {
  const auto id = static_cast<int64_t>(entry.sequence);
  if (const auto* hold = std::get_if<evidence::HoldEntry>(&entry.what)) {
    Entry out{entry.written.us, id, entry_body(entry, "hold")};
    const bool placed = hold->event == evidence::HoldEntry::Event::kPlaced;
    out.body["hold"] = fmt::format("{:016x}", hold->id);
    out.body["event"] = placed ? "placed" : "lifted";
    out.body["from_us"] = hold->from.us;
    out.body["to_us"] = hold->to.us;
    return out;
  }
  if (const auto* made = std::get_if<evidence::ExportEntry>(&entry.what)) {
    Entry out{entry.written.us, id, entry_body(entry, "export")};
    out.body["stream"] = std::string(media::to_string(entry.stream));
    out.body["from_us"] = made->from.us;
    out.body["to_us"] = made->to.us;
    return out;
  }
  return std::nullopt;
}

struct Found {
  std::vector<Entry> entries;
  std::vector<store::Unread> unread;
};

Found find_in_ledgers(const Services& services, store::LedgerTopic topic, const Page& page) {
  // What the pages before have shown is not looked for again; one more tells whether that is all.
  const WallTime from = page.after ? std::max(page.from, WallTime{page.after->first}) : page.from;
  store::LedgerList list =
      services.system.ledger({topic, page.camera, from, page.to, page.limit + 1});
  Found found;
  found.unread = std::move(list.unread);
  for (const evidence::LedgerEntry& entry : list.entries)
    if (auto listed = read_entry(entry)) found.entries.push_back(std::move(*listed));
  return found;
}

Result<Found> find_entries(const Services& services, std::string_view kind, const Page& page) {
  Found found;
  std::vector<Entry>& entries = found.entries;
  if (kind == "deletion") {
    VEDETTE_ASSIGN(const auto files, services.system.deletions(page.camera, page.from, page.to));
    for (const store::DeletedFile& file : files) entries.push_back(deletion_entry(file));
    return found;
  }
  if (kind == "hold") return find_in_ledgers(services, store::LedgerTopic::kHolds, page);
  if (kind == "export") return find_in_ledgers(services, store::LedgerTopic::kExports, page);
  VEDETTE_ASSIGN(const auto gaps, services.archive.gaps(page.camera, page.from, page.to));
  const WallTime now = services.clock.wall();
  for (const store::Gap& gap : gaps) {
    if (kind == "gap") entries.push_back(gap_entry(gap, now));
    if (kind == "alarm" && gap.alarm) entries.push_back(alarm_entry(gap));
  }
  return found;
}

json::object cut(Found found, const Page& page) {
  std::vector<Entry>& entries = found.entries;
  const auto place = [](const Entry& entry) { return std::make_pair(entry.at_us, entry.id); };
  if (page.after)
    std::erase_if(entries, [&](const Entry& entry) { return place(entry) <= *page.after; });
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) { return place(a) < place(b); });
  json::value next = nullptr;
  if (entries.size() > page.limit) {
    entries.resize(page.limit);
    next = std::to_string(entries.back().at_us) + "-" + std::to_string(entries.back().id);
  }
  json::array list;
  for (Entry& entry : entries) list.push_back(std::move(entry.body));
  json::object body = {{"entries", std::move(list)}, {"next", std::move(next)}};
  if (found.unread.empty()) return body;
  json::array unread;
  for (const store::Unread& one : found.unread)
    unread.push_back({{"path", one.path}, {"reason", one.reason}});
  body["unread"] = std::move(unread);
  return body;
}

Result<net::Response> get_ledger(const Services& services, const Call& call) {
  const std::string_view kind = call.request.query.get("kind").value_or("");
  if (kind == "view" || kind == "reveal" || kind == "config") {
    return make_error(ErrorCode::kUnsupported,
                      "the ledger does not hold \"" + std::string(kind) +
                          "\" yet; ask for gap, alarm, deletion, hold or export");
  }
  if (kind != "gap" && kind != "alarm" && kind != "deletion" && kind != "hold" &&
      kind != "export") {
    return make_error(ErrorCode::kInvalidArgument,
                      "kind is gap, alarm, deletion, hold, export, view, reveal or config");
  }
  VEDETTE_ASSIGN(const Page page, read_page(call.request));
  VEDETTE_ASSIGN(auto found, find_entries(services, kind, page));
  return json_response(cut(std::move(found), page));
}

}  // namespace

void add_ledger_routes(const Services& services, std::vector<Route>& routes) {
  routes.emplace_back(net::Method::kGet, "/api/v1/ledger", kLedger, [services](const Call& call) {
    auto response = get_ledger(services, call);
    return response ? std::move(*response) : net::problem(response.error());
  });
}

}  // namespace vedette::api
