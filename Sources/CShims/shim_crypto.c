#include "shim_crypto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

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

uint8_t *shim_secret_allocate(size_t count) { return calloc(count ? count : 1, 1); }

void shim_secret_free(uint8_t *bytes, size_t count) {
    if (!bytes) return;
    OPENSSL_cleanse(bytes, count);
    free(bytes);
}

void shim_cleanse(void *bytes, size_t count) { OPENSSL_cleanse(bytes, count); }

int shim_equal(const void *a, const void *b, size_t count) { return CRYPTO_memcmp(a, b, count) == 0; }

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

static const char *digest_name(int digest) {
    switch (digest) {
    case SHIM_SHA1: return "SHA1";
    case SHIM_SHA256: return "SHA256";
    case SHIM_SHA512: return "SHA512";
    default: return NULL;
    }
}

static size_t digest_size(int digest) {
    switch (digest) {
    case SHIM_SHA1: return 20;
    case SHIM_SHA256: return 32;
    case SHIM_SHA512: return 64;
    default: return 0;
    }
}

int shim_sha256(const void *input, size_t input_count, uint8_t *out32) {
    size_t written = 0;
    return ready() && EVP_Q_digest(NULL, "SHA256", NULL, input, input_count, out32, &written) && written == 32;
}

// One context a digest, set up once and then only copied: fetching HMAC and its digest by name costs more than
// computing it.
static CRYPTO_ONCE hmac_once[3] = {CRYPTO_ONCE_STATIC_INIT, CRYPTO_ONCE_STATIC_INIT, CRYPTO_ONCE_STATIC_INIT};
static EVP_MAC_CTX *hmac_template[3];

static void hmac_prepare(int digest) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest_name(digest), 0),
        OSSL_PARAM_construct_end(),
    };
    if (context && !EVP_MAC_CTX_set_params(context, parameters)) {
        EVP_MAC_CTX_free(context);
        context = NULL;
    }
    EVP_MAC_free(mac);
    hmac_template[digest] = context;
}

static void hmac_prepare_sha1(void) { hmac_prepare(SHIM_SHA1); }
static void hmac_prepare_sha256(void) { hmac_prepare(SHIM_SHA256); }
static void hmac_prepare_sha512(void) { hmac_prepare(SHIM_SHA512); }

int shim_hmac(int digest, const void *key, size_t key_count, const void *input, size_t input_count,
              uint8_t *out) {
    static void (*const prepare[3])(void) = {hmac_prepare_sha1, hmac_prepare_sha256, hmac_prepare_sha512};
    size_t size = digest_size(digest), written = 0;
    if (size == 0 || !ready() || !CRYPTO_THREAD_run_once(&hmac_once[digest], prepare[digest])) return 0;
    if (!hmac_template[digest]) return 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(hmac_template[digest]);
    // A key pointer must not be NULL, even for an empty key: NULL means "keep the former key".
    int ok = context && EVP_MAC_init(context, key_count ? key : (const void *)"", key_count, NULL) &&
             EVP_MAC_update(context, input, input_count) && EVP_MAC_final(context, out, &written, size) &&
             written == size;
    EVP_MAC_CTX_free(context);
    return ok;
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

static CRYPTO_ONCE hkdf_once = CRYPTO_ONCE_STATIC_INIT;
static EVP_KDF *hkdf;
static void hkdf_prepare(void) { hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL); }

int shim_hkdf(int digest, const void *ikm, size_t ikm_count, const void *salt, size_t salt_count,
              const void *info, size_t info_count, uint8_t *out, size_t out_count) {
    const char *name = digest_name(digest);
    if (!name || !ready() || !CRYPTO_THREAD_run_once(&hkdf_once, hkdf_prepare)) return 0;
    EVP_KDF_CTX *context = hkdf ? EVP_KDF_CTX_new(hkdf) : NULL;
    OSSL_PARAM parameters[5];
    size_t n = 0;
    parameters[n++] = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)name, 0);
    parameters[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)ikm, ikm_count);
    if (salt_count)
        parameters[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count);
    if (info_count)
        parameters[n++] = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count);
    parameters[n] = OSSL_PARAM_construct_end();
    int ok = context && EVP_KDF_derive(context, out, out_count, parameters) > 0;
    EVP_KDF_CTX_free(context);
    return ok;
}

int shim_scrypt(const void *password, size_t password_count, const void *salt, size_t salt_count,
                uint64_t n, uint32_t r, uint32_t p, uint8_t *out, size_t out_count) {
    if (!ready()) return 0;
    // OpenSSL's own limit is 32 MiB; what the parameters need, and a MiB for its bookkeeping, is ours.
    uint64_t memory = 128ULL * r * (n + p) + (1 << 20);
    return EVP_PBE_scrypt(password, password_count, salt, salt_count, n, r, p, memory, out, out_count) > 0;
}
