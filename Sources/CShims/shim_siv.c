#include "shim_crypto.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

// SIV (RFC 5297) composed from CMAC and CTR: EVP's own cannot seal an empty plaintext, which NTS needs.
enum { BLOCK = 16 };

static int cmac(EVP_MAC_CTX *context, const uint8_t *key16, const void *input, size_t count, uint8_t *out16) {
    char cipher[] = "AES-128-CBC";
    OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
                               OSSL_PARAM_construct_end()};
    size_t length = 0;
    return EVP_MAC_init(context, key16, BLOCK, parameters) && (count == 0 || EVP_MAC_update(context, input, count)) &&
           EVP_MAC_final(context, out16, &length, BLOCK) && length == BLOCK;
}

// Doubling in GF(2^128) (section 2.3), in the same time for every block.
static void double_block(uint8_t *block) {
    uint8_t carry = (uint8_t)(block[0] >> 7);
    for (int i = 0; i < BLOCK - 1; i++) block[i] = (uint8_t)(block[i] << 1 | block[i + 1] >> 7);
    block[BLOCK - 1] = (uint8_t)(block[BLOCK - 1] << 1 ^ (0x87 & -carry));
}

static void add_block(uint8_t *to, const uint8_t *block) {
    for (int i = 0; i < BLOCK; i++) to[i] ^= block[i];
}

// S2V (section 2.4): the synthetic IV of the components and the plaintext.
static int s2v(EVP_MAC_CTX *context, const uint8_t *key16, const uint8_t *components, const size_t *counts, size_t n,
               const uint8_t *plaintext, size_t count, uint8_t *iv) {
    uint8_t d[BLOCK] = {0}, mac[BLOCK], *last = OPENSSL_malloc(count < BLOCK ? BLOCK : count);
    int ok = last && cmac(context, key16, d, BLOCK, d);
    for (size_t i = 0; ok && i < n; i++) {
        double_block(d);
        ok = cmac(context, key16, components, counts[i], mac);
        add_block(d, mac);
        components += counts[i];
    }
    if (ok) {
        if (count > 0) memcpy(last, plaintext, count);
        if (count >= BLOCK) {
            add_block(last + count - BLOCK, d);
        } else {
            memset(last + count, 0, BLOCK - count);
            last[count] = 0x80;
            double_block(d);
            add_block(last, d);
        }
        ok = cmac(context, key16, last, count < BLOCK ? BLOCK : count, iv);
    }
    OPENSSL_clear_free(last, count < BLOCK ? BLOCK : count);
    OPENSSL_cleanse(d, sizeof d);
    OPENSSL_cleanse(mac, sizeof mac);
    return ok;
}

static int ctr(const uint8_t *key16, const uint8_t *iv, const uint8_t *in, size_t count, uint8_t *out) {
    if (count == 0) return 1;
    uint8_t start[BLOCK];
    memcpy(start, iv, BLOCK);
    // Section 2.6: the top bits of the last two words are cleared.
    start[8] &= 0x7f;
    start[12] &= 0x7f;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    EVP_CIPHER_CTX *context = cipher ? EVP_CIPHER_CTX_new() : NULL;
    int n = 0, rest = 0;
    int ok = context && EVP_EncryptInit_ex2(context, cipher, key16, start, NULL) &&
             EVP_EncryptUpdate(context, out, &n, in, (int)count) && EVP_EncryptFinal_ex(context, out + n, &rest) &&
             (size_t)(n + rest) == count;
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    return ok;
}

static int bounded(const size_t *counts, size_t n, size_t count) {
    size_t total = count;
    for (size_t i = 0; i < n; i++) {
        if (counts[i] > 1 << 20) return 0;
        total += counts[i];
    }
    return total <= 1 << 20;
}

static EVP_MAC_CTX *cmac_new(void) {
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *context = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    return context;
}

int shim_siv_seal(const uint8_t *key32, const uint8_t *components, const size_t *counts, size_t n, const void *plaintext,
                  size_t count, uint8_t *out) {
    if (!bounded(counts, n, count)) return 0;
    EVP_MAC_CTX *context = cmac_new();
    int ok = context && s2v(context, key32, components, counts, n, plaintext, count, out) &&
             ctr(key32 + BLOCK, out, plaintext, count, out + BLOCK);
    EVP_MAC_CTX_free(context);
    return ok;
}

int shim_siv_open(const uint8_t *key32, const uint8_t *components, const size_t *counts, size_t n, const uint8_t *box,
                  size_t box_count, uint8_t *out) {
    if (box_count < BLOCK || !bounded(counts, n, box_count)) return 0;
    size_t count = box_count - BLOCK;
    uint8_t iv[BLOCK] = {0};
    EVP_MAC_CTX *context = cmac_new();
    int ok = context && ctr(key32 + BLOCK, box, box + BLOCK, count, out) &&
             s2v(context, key32, components, counts, n, out, count, iv);
    EVP_MAC_CTX_free(context);
    int authentic = ok && CRYPTO_memcmp(iv, box, BLOCK) == 0;
    if (!authentic && count > 0) OPENSSL_cleanse(out, count);
    return ok ? authentic : -1;
}
