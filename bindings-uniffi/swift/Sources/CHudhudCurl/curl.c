// libcurl's functions are looked up in the running program, so that its headers are not needed to build this package. The
// numbers below are part of its ABI, which never changes existing numbers.
#define _GNU_SOURCE
#include "hudhud_curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)

enum option {
  WRITEDATA = 10001,
  URL = 10002,
  PROXY = 10004,
  ERRORBUFFER = 10010,
  HTTPHEADER = 10023,
  HEADERDATA = 10029,
  CUSTOMREQUEST = 10036,
  NOBODY = 44,
  FOLLOWLOCATION = 52,
  CAINFO = 10065,
  FRESH_CONNECT = 74,
  FORBID_REUSE = 75,
  HEADERFUNCTION = 20079,
  HTTPGET = 80,
  HTTP_VERSION = 84,
  CAPATH = 10097,
  NOSIGNAL = 99,
  ACCEPT_ENCODING = 10102,
  PRIVATE = 10103,
  POSTFIELDSIZE_LARGE = 30120,
  COPYPOSTFIELDS = 10165,
  TIMEOUT_MS = 155,
  CONNECTTIMEOUT_MS = 156,
  PROTOCOLS = 181,
  WRITEFUNCTION = 20011,
  SUPPRESS_CONNECT_HEADERS = 265,
  PREREQFUNCTION = 20312,
  PREREQDATA = 10313,
  QUICK_EXIT = 322,
};
enum info {
  INFO_RESPONSE_CODE = 0x200000 + 2,
  INFO_REQUEST_SIZE = 0x200000 + 12,
  INFO_PRIVATE = 0x100000 + 21,
  INFO_OS_ERRNO = 0x200000 + 25,
  INFO_PRETRANSFER_TIME_T = 0x600000 + 53,
};
enum code { COULDNT_CONNECT = 7, GOT_NOTHING = 52, SSL_CONNECT_ERROR = 35, PEER_FAILED_VERIFICATION = 60 };
enum { GLOBAL_ALL = 3, VERSION_1_1 = 2, HTTP_AND_HTTPS = 3, MESSAGE_DONE = 1, ERROR_BYTES = 256, WAIT_MS = 60000, MOST_HEAD_BYTES = 1 << 20 };

struct slist;
struct message {
  int kind;
  void *easy;
  union {
    void *any;
    int code;
  } data;
};

static struct {
  int (*global_init)(long);
  void *(*easy_init)(void);
  void (*easy_cleanup)(void *);
  int (*easy_setopt)(void *, int, ...);
  int (*easy_getinfo)(void *, int, ...);
  const char *(*easy_strerror)(int);
  struct slist *(*slist_append)(struct slist *, const char *);
  void (*slist_free_all)(struct slist *);
  void *(*multi_init)(void);
  int (*multi_add_handle)(void *, void *);
  int (*multi_remove_handle)(void *, void *);
  int (*multi_perform)(void *, int *);
  int (*multi_poll)(void *, void *, unsigned, int, int *);
  int (*multi_wakeup)(void *);
  struct message *(*multi_info_read)(void *, int *);
} curl;

static int load(void) {
  const struct {
    const char *name;
    void *function;
  } names[] = {
      {"curl_global_init", &curl.global_init},
      {"curl_easy_init", &curl.easy_init},
      {"curl_easy_cleanup", &curl.easy_cleanup},
      {"curl_easy_setopt", &curl.easy_setopt},
      {"curl_easy_getinfo", &curl.easy_getinfo},
      {"curl_easy_strerror", &curl.easy_strerror},
      {"curl_slist_append", &curl.slist_append},
      {"curl_slist_free_all", &curl.slist_free_all},
      {"curl_multi_init", &curl.multi_init},
      {"curl_multi_add_handle", &curl.multi_add_handle},
      {"curl_multi_remove_handle", &curl.multi_remove_handle},
      {"curl_multi_perform", &curl.multi_perform},
      {"curl_multi_poll", &curl.multi_poll},
      {"curl_multi_wakeup", &curl.multi_wakeup},
      {"curl_multi_info_read", &curl.multi_info_read},
  };
  for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
    void *found = dlsym(RTLD_DEFAULT, names[at].name);
    if (!found) return 0;
    memcpy(names[at].function, &found, sizeof found);
  }
  return 1;
}

struct hudhud_curl_loop {
  void *multi;
};

struct buffer {
  uint8_t *bytes;
  size_t count, room;
};

struct hudhud_curl_transfer {
  void *easy;
  struct slist *headers;
  struct buffer head, body;
  size_t most_bytes;
  int is_too_large, head_has_ended;
  int (*may_send)(void *);
  void *may_send_data;
  char error[ERROR_BYTES];
};

static int put(struct buffer *to, const char *bytes, size_t count) {
  if (count > to->room - to->count) {
    size_t room = to->room ? to->room : 4096;
    while (room - to->count < count) room *= 2;
    uint8_t *larger = realloc(to->bytes, room);
    if (!larger) return 0;
    to->bytes = larger;
    to->room = room;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
  return 1;
}

// A callback refuses data by returning another count than libcurl passed.
static size_t take(struct hudhud_curl_transfer *transfer, struct buffer *to, size_t most, const char *bytes, size_t count) {
  if (count > most - to->count) {
    transfer->is_too_large = 1;
    return count + 1;
  }
  return put(to, bytes, count) ? count : count + 1;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *given) {
  struct hudhud_curl_transfer *transfer = given;
  return take(transfer, &transfer->body, transfer->most_bytes, bytes, size * count);
}

static size_t take_header(char *bytes, size_t size, size_t count, void *given) {
  struct hudhud_curl_transfer *transfer = given;
  // A new status line follows an informational response (100, 103): drop the headers before it.
  if (size * count >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
    transfer->head.count = 0;
    transfer->head_has_ended = 0;
    return size * count;
  }
  if (size * count <= 2 && (*bytes == '\r' || *bytes == '\n')) transfer->head_has_ended = 1;
  return take(transfer, &transfer->head, MOST_HEAD_BYTES, bytes, size * count);
}

// The callback before the request is sent. Zero continues, any other number ends the transfer.
static int before_request(void *given, char *remote, char *local, int remote_port, int local_port) {
  struct hudhud_curl_transfer *transfer = given;
  (void)remote, (void)local, (void)remote_port, (void)local_port;
  return !transfer->may_send(transfer->may_send_data);
}

hudhud_curl_loop *hudhud_curl_loop_new(void) {
  // Before version 7.84, libcurl must not be initialized by several threads. The first transfers would do that.
  if (!load() || curl.global_init(GLOBAL_ALL) != 0) return NULL;
  hudhud_curl_loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  loop->multi = curl.multi_init();
  if (loop->multi) return loop;
  free(loop);
  return NULL;
}

void hudhud_curl_thread_begins(void) {
  // In older versions of libcurl OpenSSL writes to a connection that the server has closed. Without this block, SIGPIPE
  // would end the program.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, NULL);
}

static int set_up(hudhud_curl_transfer *transfer, const hudhud_curl_request *request) {
  void *easy = transfer->easy;
  int wrong = 0;
#define SET(option, value) wrong |= curl.easy_setopt(easy, option, value)
  SET(URL, request->url);
  SET(PROTOCOLS, (long)HTTP_AND_HTTPS);
  SET(NOSIGNAL, 1L);
  // libcurl repeats a request when a kept connection ends without a response. Over HTTP/2 it also repeats a request that
  // the server reports as not processed.
  SET(FRESH_CONNECT, 1L);
  SET(FORBID_REUSE, 1L);
  SET(HTTP_VERSION, (long)VERSION_1_1);
  // A redirected request would carry the keys to another server.
  SET(FOLLOWLOCATION, 0L);
  SET(TIMEOUT_MS, request->timeout_ms);
  SET(CONNECTTIMEOUT_MS, request->timeout_ms);
  SET(ACCEPT_ENCODING, "");
  SET(ERRORBUFFER, transfer->error);
  SET(PRIVATE, transfer);
  SET(WRITEDATA, transfer);
  SET(WRITEFUNCTION, take_body);
  SET(HEADERDATA, transfer);
  SET(HEADERFUNCTION, take_header);
  // Older versions do not have this option. They pass the proxy's headers first, which take_header drops when the next
  // response begins.
  (void)curl.easy_setopt(easy, SUPPRESS_CONNECT_HEADERS, 1L);
  // Otherwise the end of a transfer waits for its name resolution, and all other transfers wait too. Older versions do not
  // have this option.
  (void)curl.easy_setopt(easy, QUICK_EXIT, 1L);
  if (request->ca_file) {
    SET(CAINFO, request->ca_file);
    SET(CAPATH, (char *)NULL);
  }
  if (request->proxy) SET(PROXY, request->proxy);
  if (request->has_body || strcmp(request->method, "GET") != 0) {
    // Without a body, libcurl sends `Content-Length: 0`.
    SET(POSTFIELDSIZE_LARGE, (int64_t)request->body_bytes);
    SET(COPYPOSTFIELDS, request->body_bytes ? (const char *)request->body : "");
  } else {
    SET(HTTPGET, 1L);
  }
  SET(CUSTOMREQUEST, request->method);
  if (strcmp(request->method, "HEAD") == 0) SET(NOBODY, 1L);
  for (const char *const *line = request->headers; *line; line++) {
    struct slist *longer = curl.slist_append(transfer->headers, *line);
    if (!longer) return 0;
    transfer->headers = longer;
  }
  SET(HTTPHEADER, transfer->headers);
#undef SET
  if (wrong) return 0;
  transfer->may_send = request->may_send;
  transfer->may_send_data = request->may_send_data;
  // Older versions do not have these options. They may send as soon as the transfer starts.
  if (curl.easy_setopt(easy, PREREQDATA, transfer) || curl.easy_setopt(easy, PREREQFUNCTION, before_request))
    return request->may_send(request->may_send_data);
  return 1;
}

hudhud_curl_transfer *hudhud_curl_transfer_new(const hudhud_curl_request *request) {
  hudhud_curl_transfer *transfer = calloc(1, sizeof *transfer);
  if (!transfer) return NULL;
  transfer->most_bytes = request->most_bytes;
  transfer->easy = curl.easy_init();
  if (transfer->easy && set_up(transfer, request)) return transfer;
  hudhud_curl_transfer_free(transfer);
  return NULL;
}

void hudhud_curl_transfer_free(hudhud_curl_transfer *transfer) {
  if (transfer->easy) curl.easy_cleanup(transfer->easy);
  curl.slist_free_all(transfer->headers);
  free(transfer->head.bytes);
  free(transfer->body.bytes);
  free(transfer);
}

int hudhud_curl_add(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer) {
  return !curl.multi_add_handle(loop->multi, transfer->easy);
}

void hudhud_curl_remove(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer) {
  curl.multi_remove_handle(loop->multi, transfer->easy);
  hudhud_curl_transfer_free(transfer);
}

void hudhud_curl_advance(hudhud_curl_loop *loop) {
  int running = 0;
  curl.multi_perform(loop->multi, &running);
}

void hudhud_curl_wait(hudhud_curl_loop *loop) {
  int ready = 0;
  curl.multi_poll(loop->multi, NULL, 0, WAIT_MS, &ready);
}

hudhud_curl_transfer *hudhud_curl_next(hudhud_curl_loop *loop, hudhud_curl_end *end) {
  int left = 0;
  struct message *message;
  while ((message = curl.multi_info_read(loop->multi, &left))) {
    if (message->kind != MESSAGE_DONE) continue;
    void *easy = message->easy;
    char *private = NULL;
    curl.easy_getinfo(easy, INFO_PRIVATE, &private);
    hudhud_curl_transfer *transfer = (hudhud_curl_transfer *)private;
    long sent = 0;
    int64_t begun = 0;
    memset(end, 0, sizeof *end);
    end->code = message->data.code;
    // libcurl reports success if the connection ends within the headers.
    if (end->code == 0 && !transfer->head_has_ended) end->code = GOT_NOTHING;
    end->sentence = curl.easy_strerror(end->code);
    end->tls = end->code == SSL_CONNECT_ERROR || end->code == PEER_FAILED_VERIFICATION ? transfer->error : "";
    if (end->code == COULDNT_CONNECT) curl.easy_getinfo(easy, INFO_OS_ERRNO, &end->system_error);
    curl.easy_getinfo(easy, INFO_REQUEST_SIZE, &sent);
    curl.easy_getinfo(easy, INFO_PRETRANSFER_TIME_T, &begun);
    // In older versions REQUEST_SIZE includes the CONNECT request to a proxy. PRETRANSFER_TIME_T is 0 until the tunnel is
    // open.
    end->may_have_left = sent > 0 && begun > 0;
    end->is_too_large = transfer->is_too_large;
    curl.easy_getinfo(easy, INFO_RESPONSE_CODE, &end->status);
    end->head = (const char *)transfer->head.bytes;
    end->head_bytes = transfer->head.count;
    end->body = transfer->body.bytes;
    end->body_bytes = transfer->body.count;
    return transfer;
  }
  return NULL;
}

void hudhud_curl_wake(hudhud_curl_loop *loop) { curl.multi_wakeup(loop->multi); }

#else

hudhud_curl_loop *hudhud_curl_loop_new(void) { return NULL; }
void hudhud_curl_thread_begins(void) {}
hudhud_curl_transfer *hudhud_curl_transfer_new(const hudhud_curl_request *request) { (void)request; return NULL; }
int hudhud_curl_add(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer) { (void)loop; (void)transfer; return 0; }
void hudhud_curl_remove(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer) { (void)loop; (void)transfer; }
void hudhud_curl_transfer_free(hudhud_curl_transfer *transfer) { (void)transfer; }
void hudhud_curl_advance(hudhud_curl_loop *loop) { (void)loop; }
void hudhud_curl_wait(hudhud_curl_loop *loop) { (void)loop; }
hudhud_curl_transfer *hudhud_curl_next(hudhud_curl_loop *loop, hudhud_curl_end *end) { (void)loop; (void)end; return NULL; }
void hudhud_curl_wake(hudhud_curl_loop *loop) { (void)loop; }

#endif
