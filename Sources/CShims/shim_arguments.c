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

// Swift's runtime looks in nine places for a program that would print a backtrace after a crash. This program forbids
// others to look into its memory, so that there is nothing to be found. The linker puts this in the place of the search.
char *__wrap_swift_copyAuxiliaryExecutablePath(const char *name) {
    (void)name;
    return NULL;
}
