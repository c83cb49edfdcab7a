#include <stddef.h>

// Swift's own version of this function looks for the arguments in /proc/self/maps, in every process and whether they
// are asked for or not. The C library hands them to constructors. Defined here, it keeps the other one out of a
// statically linked program; where the runtime is a shared library, nothing changes.
static int count;
static char **words;

__attribute__((constructor)) static void remember(int argc, char **argv) {
    count = argc;
    words = argv;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *out_count) {
    *out_count = count;
    return words;
}
