// SPDX-License-Identifier: Apache-2.0
// The one place where SQLite's exceptions become errors. Internal to store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "base/result.h"

namespace vedette::store {

/// kDataLoss: damaged or no database; kTimeout: locked by somebody else; kResourceExhausted: disk
/// full; kPermissionDenied; kFailedPrecondition: a constraint; kUnavailable otherwise.
[[nodiscard]] Error sqlite_error(const SQLite::Exception& error, std::string_view context);

/// Runs `work` (returns T or Result<T>) and maps what SQLite throws.
template <typename Work>
[[nodiscard]] auto guarded(std::string_view context, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    return sqlite_error(error, context);
  }
}

/// SQLite takes bytes and text by pointer; an empty blob must not become NULL.
inline void bind_blob(SQLite::Statement& statement, int index, const void* bytes, size_t size) {
  statement.bind(index, size == 0 ? "" : bytes, static_cast<int>(size));
}

inline constexpr int kBusyTimeoutMs = 5000;

}  // namespace vedette::store
