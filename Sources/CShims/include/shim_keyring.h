// The kernel's keyring of this user (keyrings(7)); keys of the type "user". 0, or -1 with errno.
#ifndef OTPTOKEN_SHIM_KEYRING_H
#define OTPTOKEN_SHIM_KEYRING_H

#include <stddef.h>

// Keeps a payload for so many seconds, for whoever possesses the key and nobody else; a key of that name is replaced.
int shim_key_add(const char *name, const void *payload, size_t count, unsigned seconds);
// Reads a payload of exactly this length.
int shim_key_read(const char *name, void *into, size_t count);
int shim_key_revoke(const char *name);

#endif
