// Codes a second by liboath, for the same key and steps as `BenchmarkDriver totp`.
//
//     liboath COUNT
#include <liboath/oath.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int main(int argument_count, char **words) {
    long count = argument_count == 2 ? strtol(words[1], NULL, 10) : 0;
    char key[32], code[9] = "";
    if (count < 1 || oath_init() != OATH_OK) return 1;
    for (int i = 0; i < 32; i++) key[i] = (char)i;
    double start = now();
    for (long step = 0; step < count; step++)
        if (oath_totp_generate2(key, sizeof key, step * 60, 60, 0, 8, OATH_TOTP_HMAC_SHA256, code) != OATH_OK) return 1;
    printf("%s %.0f\n", code, (double)count / (now() - start));
    return 0;
}
