// What `show` does, in plain C: reads device.key and the store, opens it, prints the current code of its first token.
//
//     reference FOLDER
//
// It is linked with the project's own shim, so that it makes the same calls of libcrypto. It takes what the benchmark
// driver writes and checks nothing that libcrypto does not check.
#include "shim_crypto.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "reference: %s\n", what);
    exit(1);
}

static uint8_t *contents(const char *path, size_t *count) {
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail(path);
    uint8_t *bytes = malloc((size_t)status.st_size + 1);
    if (!bytes || read(file, bytes, (size_t)status.st_size) != status.st_size) fail(path);
    close(file);
    *count = (size_t)status.st_size;
    bytes[*count] = 0;
    return bytes;
}

// Decodes up to the first byte that is no symbol; how many bytes.
static size_t base64(const char *text, uint8_t *out) {
    static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t count = 0;
    unsigned bits = 0, held = 0;
    for (const char *at; *text && (at = strchr(symbols, *text)); text++) {
        bits = bits << 6 | (unsigned)(at - symbols);
        held += 6;
        if (held >= 8) out[count++] = (uint8_t)(bits >> (held -= 8));
    }
    return count;
}

static void derive(const uint8_t *key, const char *purpose, uint8_t *out) {
    if (!shim_hkdf(SHIM_SHA256, key, 32, NULL, 0, purpose, strlen(purpose), out, 32)) fail("HKDF");
}

static void unseal(const uint8_t *key, const uint8_t *box, size_t count, const void *aad, size_t aad_count,
                   uint8_t *out) {
    if (!shim_gcm_open(key, box, aad, aad_count, box + 12, count - 28, box + count - 16, out)) fail("AES-GCM");
}

static const char *value(const char *text, const char *key) {
    const char *at = strstr(text, key);
    return at ? at + strlen(key) : "";
}

int main(int count, char **words) {
    char path[4096];
    size_t file_count, device_count, machine_count = 0;
    if (count != 2) fail("usage: reference FOLDER");
    shim_crypto_offline();
    snprintf(path, sizeof path, "%s/tokens", words[1]);
    uint8_t *file = contents(path, &file_count);
    snprintf(path, sizeof path, "%s/device.key", words[1]);
    uint8_t *device = contents(path, &device_count);
    uint8_t *machine = access("/etc/machine-id", R_OK) == 0 ? contents("/etc/machine-id", &machine_count) : NULL;
    if (machine_count && machine[machine_count - 1] == '\n') machine_count--;
    device = realloc(device, device_count + machine_count);
    if (!device) fail("memory");
    if (machine) memcpy(device + device_count, machine, machine_count);
    device_count += machine_count;

    // otptoken-store/1 \n slot device SALT WRAPPED \n mac MAC \n nonce, ciphertext, tag
    const char *slot = strchr((char *)file, '\n') + 1, *salt_text = slot + strlen("slot device ");
    const char *wrapped_text = strchr(salt_text, ' ') + 1, *mac_text = strstr(wrapped_text, "\nmac ") + 5;
    const uint8_t *body = (uint8_t *)strchr(mac_text, '\n') + 1;
    uint8_t salt[64], wrapped[128], mac[64], actual_mac[32], key[32], store_key[32];
    size_t salt_count = base64(salt_text, salt), wrapped_count = base64(wrapped_text, wrapped);
    base64(mac_text, mac);

    static const char slot_info[] = "otptoken-store/1 device";
    if (!shim_hkdf(SHIM_SHA256, device, device_count, salt, salt_count, slot_info, sizeof slot_info - 1, key, 32))
        fail("HKDF");
    unseal(key, wrapped, wrapped_count, slot, (size_t)(wrapped_text - 1 - slot), store_key);
    derive(store_key, "otptoken-store/1 header", key);
    if (!shim_hmac(SHIM_SHA256, key, 32, file, (size_t)(mac_text - (char *)file), actual_mac) ||
        !shim_equal(mac, actual_mac, 32))
        fail("MAC");
    derive(store_key, "otptoken-store/1 payload", key);
    size_t header_count = (size_t)(body - file), text_count = file_count - header_count - 28;
    char *text = malloc(text_count + 1);
    if (!text) fail("memory");
    unseal(key, body, file_count - header_count, file, header_count, (uint8_t *)text);
    text[text_count] = 0;

    uint8_t seed[256], code[32], message[8];
    size_t seed_count = base64(value(text, "\nsecret "), seed);
    unsigned long long step = (unsigned long long)time(NULL) / strtoull(value(text, "\nperiod "), NULL, 10);
    for (int i = 0; i < 8; i++) message[i] = (uint8_t)(step >> (56 - 8 * i));
    if (!shim_hmac(SHIM_SHA256, seed, seed_count, message, sizeof message, code)) fail("HMAC");
    const uint8_t *at = code + (code[31] & 15);
    uint32_t number = ((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3]) & 0x7FFFFFFF;
    printf("%08u\n", number % 100000000);
    shim_cleanse(text, text_count);
    shim_cleanse(seed, sizeof seed);
    fflush(stdout);
    _exit(0);
}
