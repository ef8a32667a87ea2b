// HTTP requests over the libcurl that FoundationNetworking links into the program, each on a fresh connection.
//
// URLSession has no option for a fresh connection or for HTTP/1.1. Without both, libcurl repeats requests.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// A loop: one thread drives many concurrent requests.
typedef struct hudhud_curl_loop hudhud_curl_loop;
/// One request and its response.
typedef struct hudhud_curl_transfer hudhud_curl_transfer;

/// The request. Texts end with a zero byte.
typedef struct {
  const char *url;
  const char *method;
  /// Lines such as `Accept: application/json`, terminated by a null pointer.
  const char *const *headers;
  /// Non-zero if there is a body, which may be empty.
  int has_body;
  const uint8_t *body;
  size_t body_bytes;
  /// The limit for the whole attempt, in milliseconds.
  long timeout_ms;
  /// The limit for the body of the response after decompression, in bytes.
  size_t most_bytes;
  /// A PEM file with the only certificate authorities to trust, or a null pointer.
  const char *ca_file;
  /// The proxy, or a null pointer for libcurl's default: the proxy of the environment.
  const char *proxy;
  /// Called once before a byte of the request is sent, on the thread of the loop or, for older versions of libcurl, by
  /// `hudhud_curl_transfer_new`. If it returns zero, nothing is sent and the transfer ends.
  int (*may_send)(void *);
  /// The argument of `may_send`.
  void *may_send_data;
} hudhud_curl_request;

/// The end of a request. Its pointers are valid as long as the transfer.
typedef struct {
  /// 0 if a complete response came, libcurl's error code otherwise.
  int code;
  /// libcurl's fixed message for the code.
  const char *sentence;
  /// The message of the TLS library if the handshake failed, empty otherwise.
  const char *tls;
  /// The system's error number if the connection failed, 0 otherwise.
  long system_error;
  /// Non-zero if a byte of the request may have been sent.
  int may_have_left;
  /// Non-zero if the response exceeded its limit.
  int is_too_large;
  long status;
  /// The header lines of the last response, without its status line.
  const char *head;
  size_t head_bytes;
  const uint8_t *body;
  size_t body_bytes;
} hudhud_curl_end;

/// Creates a loop. Returns a null pointer if the program has no suitable libcurl.
hudhud_curl_loop *hudhud_curl_loop_new(void);
/// Prepares the thread that drives a loop.
void hudhud_curl_thread_begins(void);
/// Creates a transfer with a copy of the request. Returns a null pointer if memory is short or libcurl refuses an option.
hudhud_curl_transfer *hudhud_curl_transfer_new(const hudhud_curl_request *request);
/// Starts a transfer. Returns zero if libcurl refuses it. Call it only on the thread of the loop.
int hudhud_curl_add(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer);
/// Removes a transfer from the loop and frees it. Call it only on the thread of the loop.
void hudhud_curl_remove(hudhud_curl_loop *loop, hudhud_curl_transfer *transfer);
/// Frees a transfer that is not in a loop.
void hudhud_curl_transfer_free(hudhud_curl_transfer *transfer);
/// Advances all transfers, without waiting.
void hudhud_curl_advance(hudhud_curl_loop *loop);
/// Waits for network activity, a wake-up or a timeout. Read all ends first: an end that was not read does not shorten the
/// wait.
void hudhud_curl_wait(hudhud_curl_loop *loop);
/// Returns the next transfer that has ended, or a null pointer. The transfer stays in the loop until it is removed.
hudhud_curl_transfer *hudhud_curl_next(hudhud_curl_loop *loop, hudhud_curl_end *end);
/// Wakes the loop. It may be called on any thread.
void hudhud_curl_wake(hudhud_curl_loop *loop);
