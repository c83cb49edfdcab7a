// Narrow functions over libcrypto: pointers with lengths in, 1 for success and 0 for failure out.
// No macro, no OpenSSL type and no ownership crosses this line.
#ifndef OTPTOKEN_SHIM_CRYPTO_H
#define OTPTOKEN_SHIM_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

// Digest numbers, as Cryptography.HashAlgorithm counts them.
enum { SHIM_SHA1 = 0, SHIM_SHA256 = 1, SHIM_SHA512 = 2 };

// Starts libcrypto for a process that will not speak TLS; must be the first call, if it is made at all.
void shim_crypto_offline(void);
int shim_crypto_is_offline(void);

// Memory for secrets: zeroed when handed out, wiped when handed back; neither swapped nor dumped, as far as the limit
// on locked memory (RLIMIT_MEMLOCK) allows. NULL when there is none. For any thread.
uint8_t *shim_secret_allocate(size_t count);
void shim_secret_free(uint8_t *bytes, size_t count); // count as it was asked for
void shim_cleanse(void *bytes, size_t count);

// 1 when both hold the same bytes; the time taken depends on count alone.
int shim_equal(const void *a, const void *b, size_t count);

// For what is no secret: 1 when both hold the same bytes; where a byte stands first, or count when it does not.
int shim_same(const void *a, const void *b, size_t count);
size_t shim_find(uint8_t byte, const void *bytes, size_t count);

// Bytes from the system's generator (getrandom).
int shim_random(void *out, size_t count);

int shim_sha1(const void *input, size_t input_count, uint8_t *out20);
int shim_sha256(const void *input, size_t input_count, uint8_t *out32);

// HMAC (RFC 2104). out has room for the digest: 20, 32 or 64 bytes.
int shim_hmac(int digest, const void *key, size_t key_count, const void *input, size_t input_count,
              uint8_t *out);

// AES-256-GCM (SP 800-38D) with a 12-byte nonce and a 16-byte tag. open fails when the tag is wrong,
// and then leaves zeros in out.
int shim_gcm_seal(const uint8_t *key32, const uint8_t *nonce12, const void *aad, size_t aad_count,
                  const void *plaintext, size_t count, uint8_t *out, uint8_t *tag16);
int shim_gcm_open(const uint8_t *key32, const uint8_t *nonce12, const void *aad, size_t aad_count,
                  const void *ciphertext, size_t count, const uint8_t *tag16, uint8_t *out);

// AES-SIV (RFC 5297) with a 32-byte key; the n components lie one behind the other, at most 1 MiB in all. out of seal has
// room for 16 bytes more than the plaintext. open: 1, 0 when it does not authenticate, -1 when libcrypto fails.
int shim_siv_seal(const uint8_t *key32, const uint8_t *components, const size_t *counts, size_t n, const void *plaintext,
                  size_t count, uint8_t *out);
int shim_siv_open(const uint8_t *key32, const uint8_t *components, const size_t *counts, size_t n, const uint8_t *box,
                  size_t box_count, uint8_t *out);

// AES-CBC (SP 800-38A) with a key of 16, 24 or 32 bytes, without padding: count is a multiple of 16.
int shim_cbc(int encrypts, const uint8_t *key, size_t key_count, const uint8_t *iv16, const void *input, size_t count,
             uint8_t *out);

// HKDF (RFC 5869). No salt is salt_count 0.
int shim_hkdf(int digest, const void *ikm, size_t ikm_count, const void *salt, size_t salt_count,
              const void *info, size_t info_count, uint8_t *out, size_t out_count);

// scrypt (RFC 7914). The caller bounds n, r and p; memory is 128 * r * (n + p) bytes and some.
int shim_scrypt(const void *password, size_t password_count, const void *salt, size_t salt_count,
                uint64_t n, uint32_t r, uint32_t p, uint8_t *out, size_t out_count);

// PBKDF2 (RFC 8018) with HMAC. The caller bounds the iterations.
int shim_pbkdf2(int digest, const void *password, size_t password_count, const void *salt, size_t salt_count,
                uint32_t iterations, uint8_t *out, size_t out_count);

// P-256 (SEC 1). Scalars are 32 bytes, big-endian, 0 < k < n; points 65 bytes, 04 x y. A fixed point may be
// compressed. Every function fails on a point off the curve and on a result at infinity.
int shim_p256_scalar_is_valid(const uint8_t *scalar32);
int shim_p256_reduce(const uint8_t *number, size_t count, uint8_t *out32);      // number mod n
int shim_p256_uncompress(const uint8_t *point33, uint8_t *out65);
int shim_p256_multiply_base(const uint8_t *k32, uint8_t *out65);               // k * G
int shim_p256_multiply(const uint8_t *k32, const uint8_t *point65, uint8_t *out65);
int shim_p256_blind(const uint8_t *k32, const uint8_t *w32, const uint8_t *fixed65, uint8_t *out65);
                                                                               // k * G + w * F
int shim_p256_unblind(const uint8_t *point65, const uint8_t *w32, const uint8_t *fixed65, uint8_t *out65);
                                                                               // P - w * F
int shim_p256_multiply_unblinded(const uint8_t *k32, const uint8_t *point65, const uint8_t *w32,
                                 const uint8_t *fixed65, uint8_t *out65);      // k * (P - w * F)
#endif
