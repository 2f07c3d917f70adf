// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error, with the names of C++23's std::expected (clang 14 lacks it).
// Immutable value types; thread-compatible.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace vedette {

/// The closed set of failure kinds; callers branch on these and on nothing else.
enum class ErrorCode {
  kInvalidArgument,
  kNotFound,
  kFailedPrecondition,
  kUnavailable,
  kDataLoss,
  kResourceExhausted,
  kPermissionDenied,
  kUnauthenticated,
  kCancelled,
  kTimeout,
  kUnsupported,
  kInternal,
};

/// snake_case name of a code, as it stands in JSON and logs ("invalid_argument").
std::string_view to_string(ErrorCode code);

/// What went wrong, in words a user can act on. `context` grows outwards as layers are crossed:
/// "camera=door: rtsp: DESCRIBE".
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string what;
  std::string context;

  /// Prefixes the context with the layer that passes this error on.
  [[nodiscard]] Error with_context(std::string_view layer) &&;
  /// "context: what", the one line that is shown and logged.
  [[nodiscard]] std::string message() const;
};

[[nodiscard]] inline Error make_error(ErrorCode code, std::string what) {
  return Error{code, std::move(what), {}};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: as std::expected
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  [[nodiscard]] bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// REQUIRES: has_value().
  T& value() & {
    VEDETTE_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    VEDETTE_ASSERT(has_value());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    VEDETTE_ASSERT(has_value());
    return std::move(*std::get_if<0>(&state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T other) && { return has_value() ? std::move(*this).value() : std::move(other); }

  /// REQUIRES: !has_value().
  [[nodiscard]] const Error& error() const& {
    VEDETTE_ASSERT(!has_value());
    return *std::get_if<1>(&state_);
  }
  [[nodiscard]] Error&& error() && {
    VEDETTE_ASSERT(!has_value());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT: as std::expected

  [[nodiscard]] bool has_value() const { return !failed_; }
  explicit operator bool() const { return !failed_; }
  [[nodiscard]] const Error& error() const& {
    VEDETTE_ASSERT(failed_);
    return error_;
  }
  [[nodiscard]] Error&& error() && {
    VEDETTE_ASSERT(failed_);
    return std::move(error_);
  }

 private:
  Error error_;
  bool failed_ = false;
};

/// Success of a Result<void>, readable at the return.
[[nodiscard]] inline Result<void> ok() { return {}; }

}  // namespace vedette

#define VEDETTE_CONCAT_(a, b) a##b
#define VEDETTE_CONCAT(a, b) VEDETTE_CONCAT_(a, b)

/// VEDETTE_TRY(expr): returns the error of a Result<void> from the calling function.
/// A statement, never an expression: GCC 12 crashes on statement-expressions with co_await inside.
#define VEDETTE_TRY(expr)                                          \
  do {                                                             \
    auto vedette_result = (expr);                                  \
    if (!vedette_result) return std::move(vedette_result).error(); \
  } while (false)

/// VEDETTE_ASSIGN(auto x, expr): declares or assigns from a Result<T>, or returns its error.
#define VEDETTE_ASSIGN(target, expr) \
  VEDETTE_ASSIGN_IMPL(VEDETTE_CONCAT(vedette_result_, __LINE__), target, expr)
#define VEDETTE_ASSIGN_IMPL(temp, target, expr) \
  auto temp = (expr);                           \
  if (!temp) return std::move(temp).error();    \
  target = std::move(temp).value()
