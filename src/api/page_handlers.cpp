// SPDX-License-Identifier: Apache-2.0
// The UI's files, as Vite builds them: index.html and assets/ with a hash in each name.
#include <algorithm>
#include <array>

#include "api/handlers.h"
#include "base/fnv.h"

namespace vedette::api {
namespace {

constexpr auth::Policy kPage(auth::Operation::kLoadPage, auth::ObjectKind::kServer,
                             auth::PictureUse::kNone);

/// Scripts, styles and connections of our own only; blob: for media and the decode worker.
constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

struct MimeRow {
  std::string_view suffix;
  const char* type;
};

// tidy: table
constexpr std::array<MimeRow, 18> kMimeTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".ttf", "font/ttf"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".mp4", "video/mp4"},
}};

/// Null for what does not end like a file: a place within the page.
const char* mime_type(std::string_view path) {
  for (const MimeRow& row : kMimeTypes) {
    if (path.size() > row.suffix.size() &&
        path.substr(path.size() - row.suffix.size()) == row.suffix) {
      return row.type;
    }
  }
  return nullptr;
}

/// No file or folder whose name begins with a dot leaves the server.
bool is_hidden(std::string_view path) { return path.find("/.") != std::string_view::npos; }

std::string etag_of(net::BodySource& file) {
  // Of the content: files are small, and a rebuilt page may keep its size and second.
  Fnv1a hash;
  std::array<uint8_t, 16384> chunk{};
  for (uint64_t at = 0; at < file.size();) {
    const auto got = file.read_at(at, chunk);
    if (!got || *got == 0) break;
    hash.add(ByteSpan(chunk).first(*got));
    at += *got;
  }
  return std::to_string(hash.value());
}

net::Response serve_page(const std::string& root, const net::Request& request) {
  std::string path = request.path;
  if (path.back() == '/') path += "index.html";
  if (mime_type(path) == nullptr) path = "/index.html";
  if (is_hidden(path)) return net::problem(404, "not_found", "there is no such file");
  auto file = net::open_file_body(root + path);
  if (!file) {
    if (path != "/index.html") return net::problem(404, "not_found", "there is no such file");
    return net::problem(404, "not_found",
                        "the page has not been built; ./run builds it, and the API is at /api/v1/");
  }
  const bool hashed = path.compare(0, 8, "/assets/") == 0;
  net::Response response;
  response.headers.set("Content-Type", mime_type(path));
  response.headers.set("Cache-Control",
                       hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.headers.set("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.set("X-Frame-Options", "DENY");
  response.headers.set("Cross-Origin-Opener-Policy", "same-origin");
  if (!hashed) response.etag = etag_of(**file);
  response.source = std::move(*file);
  return response;
}

}  // namespace

Route make_page_route(const Services& services) {
  return Route(net::Method::kGet, "/{path}", kPage, [root = services.web_root](const Call& call) {
    if (root.empty()) {
      return net::problem(404, "not_found", "this server has no page; the API is at /api/v1/");
    }
    return serve_page(root, call.request);
  });
}

}  // namespace vedette::api
