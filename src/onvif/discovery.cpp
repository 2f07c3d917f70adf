// SPDX-License-Identifier: Apache-2.0
#include "onvif/discovery.h"

#include "base/percent.h"
#include "onvif/xml.h"

namespace vedette::onvif {
namespace {

constexpr std::string_view kNamespaces =
    "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
    "xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\" "
    "xmlns:dn=\"http://www.onvif.org/ver10/network/wsdl\" "
    "xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\"";
constexpr std::string_view kActions = "http://schemas.xmlsoap.org/ws/2005/04/discovery/";
constexpr std::string_view kScopes = "onvif://www.onvif.org/";

/// The words of a list with white space between them.
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

/// Percent-decoded; what is no printable ASCII afterwards becomes a space, as no name needs it.
std::string decode(std::string_view text) {
  std::string out = percent_decode(text);
  for (char& c : out)
    if (c < 0x20 || c >= 0x7f) c = ' ';
  return out;
}

std::string encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c > 0x20 && c < 0x7f && c != '%' && c != '/')
      out.push_back(c);
    else
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
  }
  return out;
}

void read_scope(std::string_view scope, ProbeMatch& match) {
  if (!scope.starts_with(kScopes)) return;
  scope.remove_prefix(kScopes.size());
  const auto value = [&](std::string_view kind) {
    return scope.starts_with(kind) ? decode(scope.substr(kind.size())) : std::string();
  };
  if (match.name.empty()) match.name = value("name/");
  if (match.hardware.empty()) match.hardware = value("hardware/");
  if (match.location.empty()) match.location = value("location/");
}

/// "urn:uuid:x", "uuid:x" and "x" name the same message; seen: each in answer to the first.
std::string_view bare_uuid(std::string_view id) {
  for (const std::string_view prefix : {"urn:", "uuid:"})
    if (id.starts_with(prefix)) id.remove_prefix(prefix.size());
  return id;
}

std::string envelope(std::string_view action, std::string_view header, std::string_view body) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope ";
  out.append(kNamespaces).append("><s:Header><a:Action s:mustUnderstand=\"1\">").append(kActions);
  out.append(action).append("</a:Action>").append(header).append("</s:Header><s:Body>");
  return out.append(body).append("</s:Body></s:Envelope>");
}

}  // namespace

std::string build_probe(std::string_view message_id) {
  const std::string header =
      "<a:MessageID>urn:uuid:" + std::string(message_id) +
      "</a:MessageID><a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/"
      "anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand=\"1\">"
      "urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>";
  return envelope("Probe", header,
                  "<d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>");
}

Result<std::vector<ProbeMatch>> parse_probe_matches(std::string_view datagram,
                                                    std::string_view message_id) {
  pugi::xml_document document;
  VEDETTE_TRY(parse_xml(datagram, document));
  const pugi::xml_node root = child(document, "Envelope");
  const std::string relates = text_of(descend(root, {"Header", "RelatesTo"}));
  if (bare_uuid(relates) != bare_uuid(message_id))
    return make_error(ErrorCode::kNotFound, "an answer to somebody else's question");
  std::vector<ProbeMatch> matches;
  for (const pugi::xml_node& node : descend(root, {"Body", "ProbeMatches"})) {
    if (local_name(node) != "ProbeMatch" || matches.size() == kMaxMatches) continue;
    ProbeMatch match;
    match.endpoint = text_of(descend(node, {"EndpointReference", "Address"}));
    match.addresses = words(text_of(child(node, "XAddrs")));
    for (const std::string& scope : words(text_of(child(node, "Scopes")))) read_scope(scope, match);
    matches.push_back(std::move(match));
  }
  if (matches.empty()) return make_error(ErrorCode::kNotFound, "no device in the answer");
  return matches;
}

Result<HttpUrl> choose_service(const ProbeMatch& match, std::string_view sender) {
  std::string first;
  for (const std::string& address : match.addresses) {
    const auto url = parse_http_url(address);
    if (!url) continue;
    if (url->host == sender) return url;
    if (first.empty()) first = address;
  }
  if (first.empty())
    return make_error(ErrorCode::kNotFound, "the device does not say where its service is");
  VEDETTE_ASSIGN(const std::string moved, on_same_host(first, sender));
  return parse_http_url(moved);
}

Result<std::string> parse_probe(std::string_view datagram) {
  pugi::xml_document document;
  VEDETTE_TRY(parse_xml(datagram, document));
  const pugi::xml_node root = child(document, "Envelope");
  const pugi::xml_node probe = descend(root, {"Body", "Probe"});
  const std::string id = text_of(descend(root, {"Header", "MessageID"}));
  if (!probe || id.empty()) return make_error(ErrorCode::kDataLoss, "not a Probe");
  const std::vector<std::string> types = words(text_of(child(probe, "Types")));
  bool ours = types.empty();  // WS-Discovery §5.3: no type asks for every device
  for (const std::string& type : types) {
    const std::string_view local = std::string_view(type).substr(type.find(':') + 1);
    ours = ours || local == "NetworkVideoTransmitter" || local == "Device";
  }
  if (!ours) return make_error(ErrorCode::kUnsupported, "asks for devices of another kind");
  return id;
}

std::string build_probe_match(const ProbeMatch& match, std::string_view relates_to,
                              std::string_view message_id) {
  const std::string header =
      "<a:MessageID>urn:uuid:" + escape(message_id) + "</a:MessageID><a:RelatesTo>" +
      escape(relates_to) +
      "</a:RelatesTo><a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>";
  std::string scopes =
      std::string(kScopes) + "type/video_encoder " + std::string(kScopes) + "Profile/Streaming";
  const auto add = [&](std::string_view kind, const std::string& value) {
    if (!value.empty()) scopes.append(" ").append(kScopes).append(kind).append(encode(value));
  };
  add("name/", match.name);
  add("hardware/", match.hardware);
  add("location/", match.location);
  std::string addresses;
  for (const std::string& address : match.addresses)
    addresses += (addresses.empty() ? "" : " ") + address;
  return envelope("ProbeMatches", header,
                  "<d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>" +
                      escape(match.endpoint) +
                      "</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter "
                      "tds:Device</d:Types><d:Scopes>" +
                      escape(scopes) + "</d:Scopes><d:XAddrs>" + escape(addresses) +
                      "</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>"
                      "</d:ProbeMatches>");
}

}  // namespace vedette::onvif
