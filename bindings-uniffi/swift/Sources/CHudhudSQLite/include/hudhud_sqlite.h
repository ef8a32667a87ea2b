// The functions of SQLite that the store of an inbox uses. They are looked up in the installed library, so that no headers are
// needed to build this package.
#pragma once
#include <stdint.h>

/// SQLite's types, of which programs only hold pointers.
typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;

/// SQLite's functions, by their names without `sqlite3_`.
typedef struct {
  int (*_Nonnull open_v2)(const char *_Nonnull path, sqlite3 *_Nullable *_Nonnull database, int flags, const char *_Nullable vfs);
  int (*_Nonnull close_v2)(sqlite3 *_Nonnull database);
  int (*_Nonnull busy_timeout)(sqlite3 *_Nonnull database, int millis);
  int (*_Nonnull extended_errcode)(sqlite3 *_Nonnull database);
  const char *_Nonnull (*_Nonnull errmsg)(sqlite3 *_Nonnull database);
  const char *_Nonnull (*_Nonnull errstr)(int code);
  int (*_Nonnull changes)(sqlite3 *_Nonnull database);
  int (*_Nonnull total_changes)(sqlite3 *_Nonnull database);
  int (*_Nonnull get_autocommit)(sqlite3 *_Nonnull database);
  int (*_Nonnull set_authorizer)(
      sqlite3 *_Nonnull database,
      int (*_Nullable authorizer)(
          void *_Nullable data, int action, const char *_Nullable one, const char *_Nullable two, const char *_Nullable three,
          const char *_Nullable four),
      void *_Nullable data);
  int (*_Nonnull prepare_v2)(
      sqlite3 *_Nonnull database, const char *_Nonnull text, int bytes, sqlite3_stmt *_Nullable *_Nonnull statement,
      const char *_Nullable *_Nullable rest);
  int (*_Nonnull step)(sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull reset)(sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull clear_bindings)(sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull finalize)(sqlite3_stmt *_Nullable statement);
  int (*_Nonnull bind_parameter_count)(sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull bind_null)(sqlite3_stmt *_Nonnull statement, int at);
  int (*_Nonnull bind_int64)(sqlite3_stmt *_Nonnull statement, int at, int64_t value);
  int (*_Nonnull bind_double)(sqlite3_stmt *_Nonnull statement, int at, double value);
  int (*_Nonnull bind_text)(
      sqlite3_stmt *_Nonnull statement, int at, const char *_Nonnull text, int bytes, void (*_Nullable release)(void *_Nullable));
  int (*_Nonnull bind_blob)(
      sqlite3_stmt *_Nonnull statement, int at, const void *_Nonnull value, int bytes, void (*_Nullable release)(void *_Nullable));
  int (*_Nonnull column_count)(sqlite3_stmt *_Nonnull statement);
  int (*_Nonnull column_type)(sqlite3_stmt *_Nonnull statement, int at);
  int64_t (*_Nonnull column_int64)(sqlite3_stmt *_Nonnull statement, int at);
  double (*_Nonnull column_double)(sqlite3_stmt *_Nonnull statement, int at);
  const unsigned char *_Nullable (*_Nonnull column_text)(sqlite3_stmt *_Nonnull statement, int at);
  const void *_Nullable (*_Nonnull column_blob)(sqlite3_stmt *_Nonnull statement, int at);
  int (*_Nonnull column_bytes)(sqlite3_stmt *_Nonnull statement, int at);
} hudhud_sqlite_functions;

/// Returns SQLite's functions, or a null pointer if SQLite is missing or older than 3.35.
const hudhud_sqlite_functions *_Nullable hudhud_sqlite(void);

/// Refuses statements that begin or end a transaction while the `int` at `data` is not 0. Savepoints are allowed. It is an
/// authorizer of SQLite. A change of the authorizer makes SQLite prepare all statements of the connection again.
int hudhud_sqlite_refuse_ends(
    void *_Nullable data, int action, const char *_Nullable one, const char *_Nullable two, const char *_Nullable three,
    const char *_Nullable four);

/// Binds bytes, which SQLite copies. `is_text` is non-zero for a text.
int hudhud_sqlite_bind_copy(
    const hudhud_sqlite_functions *_Nonnull functions, sqlite3_stmt *_Nonnull statement, int at, const void *_Nonnull value, int bytes,
    int is_text);
