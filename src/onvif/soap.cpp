// SPDX-License-Identifier: Apache-2.0
#include "onvif/soap.h"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/base64.h"
#include "onvif/xml.h"

namespace vedette::onvif {
namespace {

constexpr std::string_view kOpening =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\" "
    "xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" "
    "xmlns:tt=\"http://www.onvif.org/ver10/schema\">";
constexpr std::string_view kWsse =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr std::string_view kWsu =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
constexpr std::string_view kPasswordDigest =
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
constexpr std::string_view kBase64Binary =
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-soap-message-security-1.0#Base64Binary";
constexpr size_t kMaxNonce = 256;

std::string digest_of(ByteSpan nonce, std::string_view created, std::string_view password) {
  Bytes input(nonce.begin(), nonce.end());
  for (const std::string_view part : {created, password}) {
    const ByteSpan bytes = as_bytes(part);
    input.insert(input.end(), bytes.begin(), bytes.end());
  }
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    return {};
  return encode_base64(ByteSpan(digest).first(size));
}

/// Milliseconds and no more: seen to be refused with six digits.
std::string created_text(WallTime time) { return to_rfc3339(time).substr(0, 23) + "Z"; }

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool contains(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

}  // namespace

UsernameToken make_token(const TokenInput& input) {
  UsernameToken token;
  token.user = input.user;
  token.nonce = encode_base64(input.nonce);
  token.created = created_text(input.created);
  token.digest = digest_of(input.nonce, token.created, input.password);
  return token;
}

bool token_matches(const UsernameToken& token, std::string_view password) {
  const auto nonce = token.nonce.size() <= kMaxNonce ? parse_base64(token.nonce) : std::nullopt;
  if (!nonce) return false;
  const std::string wanted = digest_of(*nonce, token.created, password);
  return !wanted.empty() && wanted.size() == token.digest.size() &&
         CRYPTO_memcmp(wanted.data(), token.digest.data(), wanted.size()) == 0;
}

std::string build_envelope(std::string_view body, const std::optional<UsernameToken>& token) {
  std::string out(kOpening);
  if (token) {
    out.append("<s:Header><wsse:Security s:mustUnderstand=\"1\" xmlns:wsse=\"").append(kWsse);
    out.append("\" xmlns:wsu=\"").append(kWsu).append("\"><wsse:UsernameToken><wsse:Username>");
    out.append(escape(token->user)).append("</wsse:Username><wsse:Password Type=\"");
    out.append(kPasswordDigest).append("\">").append(token->digest);
    out.append("</wsse:Password><wsse:Nonce EncodingType=\"").append(kBase64Binary);
    out.append("\">").append(token->nonce).append("</wsse:Nonce><wsu:Created>");
    out.append(token->created).append("</wsu:Created></wsse:UsernameToken></wsse:Security>");
    out.append("</s:Header>");
  }
  return out.append("<s:Body>").append(body).append("</s:Body></s:Envelope>");
}

std::optional<Error> find_fault(std::string_view envelope) {
  pugi::xml_document document;
  if (!parse_xml(envelope, document)) return std::nullopt;
  const pugi::xml_node fault = descend(document.root(), {"Envelope", "Body", "Fault"});
  if (!fault) return std::nullopt;
  // SOAP 1.2: Code/Value, Code/Subcode(/Subcode)/Value, Reason/Text. SOAP 1.1, which some firmware
  // answers with all the same: faultcode, faultstring.
  const pugi::xml_node code = child(fault, "Code");
  const pugi::xml_node subcode = child(code, "Subcode");
  std::string codes = text_of(child(code, "Value")) + " " + text_of(child(subcode, "Value")) + " " +
                      text_of(descend(subcode, {"Subcode", "Value"})) + " " +
                      text_of(child(fault, "faultcode"));
  std::string reason = text_of(descend(fault, {"Reason", "Text"}));
  if (reason.empty()) reason = text_of(child(fault, "faultstring"));
  const std::string said = reason.empty() ? std::string() : " (it says: " + reason + ")";
  if (contains(codes, {"NotAuthorized", "FailedAuthentication", "FailedCheck", "InvalidSecurity",
                       "AccountLocked", "OperationProhibited"}) ||
      contains(lower(reason), {"not authorized", "unauthorized", "authentication"}))
    return make_error(ErrorCode::kUnauthenticated, "the camera refuses user or password" + said);
  if (contains(codes, {"ActionNotSupported", "NotSupported", "UnknownAction"}))
    return make_error(ErrorCode::kUnsupported, "the camera does not know this request" + said);
  return make_error(ErrorCode::kFailedPrecondition, "the camera refuses the request" + said);
}

std::string build_fault(std::string_view subcode, std::string_view reason) {
  return build_envelope(
      "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>"
      "<s:Value xmlns:ter=\"http://www.onvif.org/ver10/error\">ter:" +
      std::string(subcode) + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en\">" +
      escape(reason) + "</s:Text></s:Reason></s:Fault>");
}

}  // namespace vedette::onvif
