// HMAC-SHA256 in plain C, for the hand-written side of the benchmark.
#include <stddef.h>
#include <stdint.h>

void hmac_sha256(const uint8_t *key, size_t key_length, const uint8_t *prefix, size_t prefix_length,
                 const uint8_t *message, size_t length, uint8_t tag[32]);
