#include "shim_crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

// A process that makes codes and talks to nobody needs no configuration file, no error strings, no list of all
// ciphers and digests and no at-exit work, and these are most of libcrypto's start-up. TLS needs them: without its
// lists libcrypto cannot verify a certificate, so a process chooses once, before its first call.
static CRYPTO_ONCE library_once = CRYPTO_ONCE_STATIC_INIT;
static int offline;

static void library_init(void) {
    OPENSSL_init_crypto(offline ? OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
                                      OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ADD_ALL_DIGESTS |
                                      OPENSSL_INIT_NO_ATEXIT
                                : OPENSSL_INIT_LOAD_CONFIG,
                        NULL);
}

static int ready(void) { return CRYPTO_THREAD_run_once(&library_once, library_init); }

void shim_crypto_offline(void) {
    offline = 1;
    (void)ready();
}

int shim_crypto_is_offline(void) { return offline; }

void shim_cleanse(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }

int shim_equal(const void *a, const void *b, size_t count) { return CRYPTO_memcmp(a, b, count) == 0; }

int shim_same(const void *a, const void *b, size_t count) { return count == 0 || memcmp(a, b, count) == 0; }

size_t shim_find(uint8_t byte, const void *bytes, size_t count) {
    const uint8_t *found = count ? memchr(bytes, byte, count) : NULL;
    return found ? (size_t)(found - (const uint8_t *)bytes) : count;
}

// The kernel's generator directly: it cannot be forked into repeating itself, and costs no DRBG set-up.
int shim_random(void *out, size_t count) {
    uint8_t *at = out;
    while (count > 0) {
        ssize_t got = getrandom(at, count, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        at += got;
        count -= (size_t)got;
    }
    return 1;
}

// Digests, fetched once: a fetch by name costs more than the digest of a short message.
static CRYPTO_ONCE digest_once[3] = {CRYPTO_ONCE_STATIC_INIT, CRYPTO_ONCE_STATIC_INIT, CRYPTO_ONCE_STATIC_INIT};
static EVP_MD *digest_fetched[3];

static void fetch_sha1(void) { digest_fetched[SHIM_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL); }
static void fetch_sha256(void) { digest_fetched[SHIM_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL); }
static void fetch_sha512(void) { digest_fetched[SHIM_SHA512] = EVP_MD_fetch(NULL, "SHA512", NULL); }

static EVP_MD *digest_of(int digest) {
    static void (*const fetch[3])(void) = {fetch_sha1, fetch_sha256, fetch_sha512};
    if (digest < 0 || digest > SHIM_SHA512 || !ready()) return NULL;
    return CRYPTO_THREAD_run_once(&digest_once[digest], fetch[digest]) ? digest_fetched[digest] : NULL;
}

int shim_sha1(const void *input, size_t input_count, uint8_t *out20) {
    EVP_MD *md = digest_of(SHIM_SHA1);
    return md && EVP_Digest(input, input_count, out20, NULL, md, NULL);
}

int shim_sha256(const void *input, size_t input_count, uint8_t *out32) {
    EVP_MD *md = digest_of(SHIM_SHA256);
    return md && EVP_Digest(input, input_count, out32, NULL, md, NULL);
}

enum { MAXIMUM_BLOCK = 128, MAXIMUM_DIGEST = 64 };

// H(block, first, second)
static int digest_of_parts(EVP_MD_CTX *context, EVP_MD *md, const uint8_t *block, size_t block_count,
                           const void *first, size_t first_count, const void *second, size_t second_count,
                           uint8_t *out) {
    return EVP_DigestInit_ex2(context, md, NULL) && EVP_DigestUpdate(context, block, block_count) &&
           (first_count == 0 || EVP_DigestUpdate(context, first, first_count)) &&
           (second_count == 0 || EVP_DigestUpdate(context, second, second_count)) &&
           EVP_DigestFinal_ex(context, out, NULL);
}

// HMAC (RFC 2104, section 2) over two parts. Composed from two digests: EVP_MAC sets up, copies and frees four contexts
// a call, which takes longer than computing a code.
static int hmac(int digest, const void *key, size_t key_count, const void *first, size_t first_count,
                const void *second, size_t second_count, uint8_t *out) {
    enum { IPAD = 0x36, OPAD = 0x5c };
    uint8_t block[MAXIMUM_BLOCK] = {0}, inner[MAXIMUM_DIGEST];
    EVP_MD *md = digest_of(digest);
    size_t block_count = md ? (size_t)EVP_MD_get_block_size(md) : 0, digest_count = md ? (size_t)EVP_MD_get_size(md) : 0;
    if (!md || block_count > sizeof block || digest_count > sizeof inner) return 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = context != NULL;
    if (ok && key_count > block_count)
        ok = EVP_Digest(key, key_count, block, NULL, md, NULL);
    else if (ok && key_count > 0)
        memcpy(block, key, key_count);
    for (size_t i = 0; i < block_count; i++) block[i] ^= IPAD;
    ok = ok && digest_of_parts(context, md, block, block_count, first, first_count, second, second_count, inner);
    for (size_t i = 0; i < block_count; i++) block[i] ^= IPAD ^ OPAD;
    ok = ok && digest_of_parts(context, md, block, block_count, inner, digest_count, NULL, 0, out);
    OPENSSL_cleanse(block, block_count);
    OPENSSL_cleanse(inner, digest_count);
    EVP_MD_CTX_free(context);
    return ok;
}

int shim_hmac(int digest, const void *key, size_t key_count, const void *input, size_t input_count,
              uint8_t *out) {
    return hmac(digest, key, key_count, input, input_count, NULL, 0, out);
}

static CRYPTO_ONCE gcm_once = CRYPTO_ONCE_STATIC_INIT;
static EVP_CIPHER *gcm_cipher;
static void gcm_prepare(void) { gcm_cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL); }

static EVP_CIPHER *gcm(void) {
    return ready() && CRYPTO_THREAD_run_once(&gcm_once, gcm_prepare) ? gcm_cipher : NULL;
}

// EVP counts in int; what passes through here is bounded far below by its callers.
static int fits(size_t a, size_t b) { return a <= INT32_MAX / 2 && b <= INT32_MAX / 2; }

int shim_gcm_seal(const uint8_t *key32, const uint8_t *nonce12, const void *aad, size_t aad_count,
                  const void *plaintext, size_t count, uint8_t *out, uint8_t *tag16) {
    EVP_CIPHER *cipher = gcm();
    EVP_CIPHER_CTX *context = cipher && fits(aad_count, count) ? EVP_CIPHER_CTX_new() : NULL;
    int n = 0;
    int ok = context && EVP_EncryptInit_ex2(context, cipher, key32, nonce12, NULL) &&
             (aad_count == 0 || EVP_EncryptUpdate(context, NULL, &n, aad, (int)aad_count)) &&
             (count == 0 || EVP_EncryptUpdate(context, out, &n, plaintext, (int)count)) &&
             EVP_EncryptFinal_ex(context, out + count, &n) && n == 0 &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, tag16) > 0;
    EVP_CIPHER_CTX_free(context);
    return ok;
}

int shim_gcm_open(const uint8_t *key32, const uint8_t *nonce12, const void *aad, size_t aad_count,
                  const void *ciphertext, size_t count, const uint8_t *tag16, uint8_t *out) {
    EVP_CIPHER *cipher = gcm();
    EVP_CIPHER_CTX *context = cipher && fits(aad_count, count) ? EVP_CIPHER_CTX_new() : NULL;
    int n = 0;
    int ok = context && EVP_DecryptInit_ex2(context, cipher, key32, nonce12, NULL) &&
             (aad_count == 0 || EVP_DecryptUpdate(context, NULL, &n, aad, (int)aad_count)) &&
             (count == 0 || EVP_DecryptUpdate(context, out, &n, ciphertext, (int)count)) &&
             EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, (void *)tag16) > 0 &&
             EVP_DecryptFinal_ex(context, out + count, &n) > 0 && n == 0;
    EVP_CIPHER_CTX_free(context);
    if (!ok) OPENSSL_cleanse(out, count);
    return ok;
}

// Extract and expand (RFC 5869, section 2) over the HMAC above: EVP_KDF would fetch its own digest and MAC.
int shim_hkdf(int digest, const void *ikm, size_t ikm_count, const void *salt, size_t salt_count,
              const void *info, size_t info_count, uint8_t *out, size_t out_count) {
    EVP_MD *md = digest_of(digest);
    size_t digest_count = md ? (size_t)EVP_MD_get_size(md) : 0;
    if (digest_count == 0 || out_count > 255 * digest_count) return 0;
    uint8_t prk[MAXIMUM_DIGEST], t[MAXIMUM_DIGEST], *part = malloc(info_count + 1);
    int ok = part && hmac(digest, salt, salt_count, ikm, ikm_count, NULL, 0, prk);
    // T(i) = HMAC(PRK, T(i - 1) | info | i), T(0) being empty.
    for (size_t done = 0, i = 1; ok && done < out_count; i++) {
        if (info_count > 0) memcpy(part, info, info_count);
        part[info_count] = (uint8_t)i;
        ok = hmac(digest, prk, digest_count, t, i == 1 ? 0 : digest_count, part, info_count + 1, t);
        size_t wanted = out_count - done < digest_count ? out_count - done : digest_count;
        if (ok) memcpy(out + done, t, wanted);
        done += wanted;
    }
    OPENSSL_cleanse(prk, sizeof prk);
    OPENSSL_cleanse(t, sizeof t);
    free(part);
    return ok;
}

int shim_scrypt(const void *password, size_t password_count, const void *salt, size_t salt_count,
                uint64_t n, uint32_t r, uint32_t p, uint8_t *out, size_t out_count) {
    if (!ready()) return 0;
    // OpenSSL's own limit is 32 MiB; what the parameters need, and a MiB for its bookkeeping, is ours.
    uint64_t memory = 128ULL * r * (n + p) + (1 << 20);
    return EVP_PBE_scrypt(password, password_count, salt, salt_count, n, r, p, memory, out, out_count) > 0;
}

int shim_pbkdf2(int digest, const void *password, size_t password_count, const void *salt, size_t salt_count,
                uint32_t iterations, uint8_t *out, size_t out_count) {
    EVP_MD *md = digest_of(digest);
    return md && iterations <= INT32_MAX && fits(password_count, salt_count) && fits(out_count, 0) &&
           PKCS5_PBKDF2_HMAC(password, (int)password_count, salt, (int)salt_count, (int)iterations, md, (int)out_count,
                             out) == 1;
}

int shim_cbc(int encrypts, const uint8_t *key, size_t key_count, const uint8_t *iv16, const void *input, size_t count,
             uint8_t *out) {
    const char *name = key_count == 16 ? "AES-128-CBC" : key_count == 24 ? "AES-192-CBC" : "AES-256-CBC";
    if (!ready() || count % 16 != 0 || !fits(count, 0)) return 0;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
    EVP_CIPHER_CTX *context = cipher ? EVP_CIPHER_CTX_new() : NULL;
    int n = 0;
    int ok = context && (size_t)EVP_CIPHER_get_key_length(cipher) == key_count &&
             EVP_CipherInit_ex2(context, cipher, key, iv16, encrypts, NULL) && EVP_CIPHER_CTX_set_padding(context, 0) &&
             (count == 0 || EVP_CipherUpdate(context, out, &n, input, (int)count)) && n == (int)count &&
             EVP_CipherFinal_ex(context, out + count, &n) && n == 0;
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return ok;
}
