// SQLite's functions are looked up in the installed library. The numbers below are part of its ABI, which never changes existing
// numbers.
#include "hudhud_sqlite.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>

enum { OLDEST = 3035000, TRANSACTION = 22, OK = 0, DENY = 1 };

/// Tells SQLite to copy a value: `SQLITE_TRANSIENT`.
#define COPY ((void (*)(void *))(intptr_t)-1)

static hudhud_sqlite_functions functions;
static int is_complete;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look_up(void) {
#if defined(__APPLE__)
  void *library = dlopen("/usr/lib/libsqlite3.dylib", RTLD_NOW | RTLD_LOCAL);
#else
  void *library = dlopen("libsqlite3.so.0", RTLD_NOW | RTLD_LOCAL);
#endif
  if (!library) return;
  int (*version)(void) = (int (*)(void))dlsym(library, "sqlite3_libversion_number");
  if (!version || version() < OLDEST) return;
  is_complete = 1;
#define FIND(name)                                                  \
  do {                                                              \
    *(void **)&functions.name = dlsym(library, "sqlite3_" #name);   \
    if (!functions.name) is_complete = 0;                           \
  } while (0)
  FIND(open_v2);
  FIND(close_v2);
  FIND(busy_timeout);
  FIND(extended_errcode);
  FIND(errmsg);
  FIND(errstr);
  FIND(changes);
  FIND(total_changes);
  FIND(get_autocommit);
  FIND(set_authorizer);
  FIND(prepare_v2);
  FIND(step);
  FIND(reset);
  FIND(clear_bindings);
  FIND(finalize);
  FIND(bind_parameter_count);
  FIND(bind_null);
  FIND(bind_int64);
  FIND(bind_double);
  FIND(bind_text);
  FIND(bind_blob);
  FIND(column_count);
  FIND(column_type);
  FIND(column_int64);
  FIND(column_double);
  FIND(column_text);
  FIND(column_blob);
  FIND(column_bytes);
#undef FIND
}

const hudhud_sqlite_functions *hudhud_sqlite(void) {
  pthread_once(&once, look_up);
  return is_complete ? &functions : NULL;
}

int hudhud_sqlite_refuse_ends(
    void *data, int action, const char *one, const char *two, const char *three, const char *four) {
  (void)one, (void)two, (void)three, (void)four;
  return action == TRANSACTION && *(const int *)data ? DENY : OK;
}

int hudhud_sqlite_bind_copy(
    const hudhud_sqlite_functions *sqlite, sqlite3_stmt *statement, int at, const void *value, int bytes, int is_text) {
  return is_text ? sqlite->bind_text(statement, at, value, bytes, COPY) : sqlite->bind_blob(statement, at, value, bytes, COPY);
}
