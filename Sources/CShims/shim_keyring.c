#include "shim_keyring.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The C library has no functions for these calls.
static long keyctl(int operation, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
    return syscall(SYS_keyctl, operation, a, b, c, d);
}

// Everything for whoever possesses the key, nothing for user, group and others.
enum { POSSESSOR_ONLY = 0x3f000000 };

// A process whose session keyring does not lead to the user keyring possesses nothing in it until it is linked.
static void possess_user_keyring(void) {
    (void)keyctl(KEYCTL_LINK, (unsigned long)KEY_SPEC_USER_KEYRING, (unsigned long)KEY_SPEC_PROCESS_KEYRING, 0, 0);
}

static long find(const char *name) {
    return keyctl(KEYCTL_SEARCH, (unsigned long)KEY_SPEC_USER_KEYRING, (unsigned long)"user", (unsigned long)name, 0);
}

int shim_key_add(const char *name, const void *payload, size_t count, unsigned seconds) {
    // In the process's own keyring first: nobody finds it before its permissions and its end are set.
    long key = syscall(SYS_add_key, "user", name, payload, count, KEY_SPEC_PROCESS_KEYRING);
    if (key < 0) return -1;
    if (keyctl(KEYCTL_SET_TIMEOUT, (unsigned long)key, seconds, 0, 0) < 0 ||
        keyctl(KEYCTL_SETPERM, (unsigned long)key, POSSESSOR_ONLY, 0, 0) < 0 ||
        keyctl(KEYCTL_LINK, (unsigned long)key, (unsigned long)KEY_SPEC_USER_KEYRING, 0, 0) < 0) {
        int why = errno;
        (void)keyctl(KEYCTL_REVOKE, (unsigned long)key, 0, 0, 0);
        errno = why;
        return -1;
    }
    return 0;
}

int shim_key_read(const char *name, void *into, size_t count) {
    long key = find(name);
    if (key < 0) return -1;
    long length = keyctl(KEYCTL_READ, (unsigned long)key, (unsigned long)into, count, 0);
    if (length < 0 && errno == EACCES) {
        possess_user_keyring();
        length = keyctl(KEYCTL_READ, (unsigned long)key, (unsigned long)into, count, 0);
    }
    if (length < 0) return -1;
    if ((size_t)length == count) return 0;
    errno = EKEYREJECTED;
    return -1;
}

int shim_key_revoke(const char *name) {
    possess_user_keyring();
    long key = find(name);
    if (key < 0) return -1;
    if (keyctl(KEYCTL_REVOKE, (unsigned long)key, 0, 0, 0) < 0) return -1;
    (void)keyctl(KEYCTL_UNLINK, (unsigned long)key, (unsigned long)KEY_SPEC_USER_KEYRING, 0, 0);
    return 0;
}
