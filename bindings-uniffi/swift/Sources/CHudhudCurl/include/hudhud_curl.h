// One HTTP request over the libcurl that FoundationNetworking brings into the program, on a fresh connection.
//
// URLSession gives no way to choose a fresh connection or HTTP/1.1, and without both libcurl repeats requests.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Many requests at once, driven by one thread.
typedef struct hudhud_curl_loop hudhud_curl_loop;
/// One request and its response.
typedef struct hudhud_curl_transfer hudhud_curl_transfer;

/// The request. Texts end with a zero byte.
typedef struct {
  const char *url;
  const char *method;
  /// Lines such as `Accept: application/json`, and where they end a null pointer.
  const char *const *headers;
  /// States whether there is a body, which may be empty.
  int has_body;
  const uint8_t *body;
  size_t body_bytes;
  /// The whole attempt may take this long.
  long timeout_ms;
  /// The body of the response may have so many bytes once it is unpacked.
  size_t most_bytes;
  /// The only certificate authorities to trust, in a PEM file; or a null pointer.
  const char *ca_file;
  /// The proxy; a null pointer leaves it to the environment, as libcurl does.
  const char *proxy;
} hudhud_curl_request;

/// The end of a request. What it points to lives as long as the transfer.
typedef struct {
  /// 0 if a whole response came; else libcurl's code.
  int code;
  /// libcurl's constant sentence for the code.
  const char *sentence;
  /// The words of the TLS library where the handshake failed, else empty.
  const char *tls;
  /// The number of the system error, where one belongs to the code.
  long system_error;
  /// States whether a byte of the request may have left.
  int may_have_left;
  /// States whether the response was larger than it may be.
  int is_too_large;
  long status;
  /// The header lines of the last response, without its status line.
  const char *head;
  size_t head_bytes;
  const uint8_t *body;
  size_t body_bytes;
} hudhud_curl_end;

/// Gives a loop, or a null pointer if the program has no libcurl that can do this.
hudhud_curl_loop *hudhud_curl_loop_new(void);
/// Prepares the thread that drives a loop.
void hudhud_curl_thread_begins(void);
/// Gives a transfer, or a null pointer if there is no memory for it. Everything is copied.
hudhud_curl_transfer *hudhud_curl_transfer_new(const hudhud_curl_request *request);
/// Begins a transfer. Only the thread of the loop may do so.
void hudhud_curl_add(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer);
/// Takes a transfer out of the loop and frees it. Only the thread of the loop may do so.
void hudhud_curl_remove(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer);
/// Frees a transfer that was never added.
void hudhud_curl_transfer_free(hudhud_curl_transfer *transfer);
/// Does what can be done, then waits until there is more to do or the loop is woken.
void hudhud_curl_run(hudhud_curl_loop *loop);
/// Gives the next transfer that has ended, or a null pointer. It stays in the loop until it is removed.
hudhud_curl_transfer *hudhud_curl_next(hudhud_curl_loop *loop, hudhud_curl_end *end);
/// Wakes the loop. Any thread may do so.
void hudhud_curl_wake(hudhud_curl_loop *loop);
