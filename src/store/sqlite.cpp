// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite.h"

#include <sqlite3.h>

namespace vedette::store {

Error sqlite_error(const SQLite::Exception& error, std::string_view context) {
  ErrorCode code = ErrorCode::kUnavailable;
  switch (error.getErrorCode() & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      code = ErrorCode::kDataLoss;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      code = ErrorCode::kTimeout;
      break;
    case SQLITE_FULL:
      return make_error(ErrorCode::kResourceExhausted,
                        "the disk of the data folder is full; free some of it")
          .with_context(context);
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
      code = ErrorCode::kPermissionDenied;
      break;
    case SQLITE_CONSTRAINT:
      code = ErrorCode::kFailedPrecondition;
      break;
    default:
      break;
  }
  return make_error(code, error.what()).with_context(context);
}

}  // namespace vedette::store
