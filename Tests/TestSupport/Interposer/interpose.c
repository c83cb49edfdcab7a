// Stands between a program and its C library, loaded with LD_PRELOAD: it counts the calls that touch the files of one
// folder, lets one of them fail, ends the process behind one, or at an instant. So no product carries a hook for tests.
//
//   INTERPOSE_FOLDER      the folder; calls for other files are let through, uncounted
//   INTERPOSE_LOG         a file that gets a line for each counted call: its name, and the files, named from the folder;
//                         "stream" says that a file was opened as descriptor 0, 1 or 2
//   INTERPOSE_FAIL        the number of the call that fails, from 1 on
//   INTERPOSE_ERRNO       how it fails; 0 lets a write or a read do half of what it should
//   INTERPOSE_KILL_AFTER  the number of the call behind which the process is killed
//   INTERPOSE_KILL_AT     the microseconds after the first of the calls, when it is killed
//   INTERPOSE_SLEEPS      a file that gets a line for each pause: its microseconds, which do not go by
//   INTERPOSE_READABLE    set: other processes may read the memory of this one, whatever it asks for
//   INTERPOSE_AGE         a file with the seconds by which all clocks have gone on beside the real ones
//   INTERPOSE_SLEW        the seconds by which somebody has made the clocks go faster, all but the raw one
//   INTERPOSE_KERNEL      what adjtimex claims of the clock's error, in microseconds; negative: it may not be asked

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { DESCRIPTORS = 1024 };

static const char *folder;
static long failing, failure, killing, instant;
static int readable, record = -1;
static atomic_long calls;
// The files of the folder that are open, by their descriptors.
static char *opened[DESCRIPTORS];

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

__attribute__((constructor)) static void start(void) {
    folder = getenv("INTERPOSE_FOLDER");
    failing = number("INTERPOSE_FAIL");
    failure = number("INTERPOSE_ERRNO");
    killing = number("INTERPOSE_KILL_AFTER");
    readable = getenv("INTERPOSE_READABLE") != NULL;
    instant = number("INTERPOSE_KILL_AT");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// The path from the folder on, or NULL when it lies elsewhere.
static const char *inside(const char *path) {
    size_t count = folder ? strlen(folder) : 0;
    if (!count || !path || strncmp(path, folder, count) != 0) return NULL;
    if (path[count] == '\0') return ".";
    return path[count] == '/' ? path + count + 1 : NULL;
}

static const char *named(int descriptor) {
    return descriptor >= 0 && descriptor < DESCRIPTORS ? opened[descriptor] : NULL;
}

static void remember(int descriptor, const char *file) {
    if (descriptor < 0 || descriptor >= DESCRIPTORS) return;
    free(opened[descriptor]);
    opened[descriptor] = file ? strdup(file) : NULL;
}

static long next(const char *call, const char *file, const char *other) {
    const char *path = getenv("INTERPOSE_LOG");
    if (path && record < 0) record = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (record >= 0) {
        char line[1024];
        int count = snprintf(line, sizeof line, "%s %s%s%s\n", call, file, other ? " " : "", other ? other : "");
        if (count < 0 || REAL(write)(record, line, (size_t)count) != count) abort();
    }
    if (calls == 0 && instant > 0) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
        struct itimerspec when = {.it_value = {instant / 1000000, instant % 1000000 * 1000}};
        timer_t timer;
        if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &when, NULL) != 0) abort();
    }
    return ++calls;
}

// Counts a call and lets it fail, or makes it and ends the process behind it.
#define THROUGH(name, file, other, ...)                                                                                \
    do {                                                                                                               \
        long its_number = next(#name, file, other);                                                                    \
        if (its_number == failing && failure) {                                                                        \
            errno = (int)failure;                                                                                      \
            return -1;                                                                                                 \
        }                                                                                                              \
        __typeof__(REAL(name)(__VA_ARGS__)) result = REAL(name)(__VA_ARGS__);                                          \
        if (its_number == killing) kill(getpid(), SIGKILL);                                                            \
        return result;                                                                                                 \
    } while (0)

// The same for a call of this name, these parameters and this one file.
#define INTERPOSE(type, name, parameters, file, ...)                                                                   \
    type name parameters {                                                                                             \
        const char *at = file;                                                                                         \
        if (!at) return REAL(name)(__VA_ARGS__);                                                                       \
        THROUGH(name, at, NULL, __VA_ARGS__);                                                                          \
    }

// For read and write, which may do less than they should.
#define HALF(count) (failing > 0 && calls == failing && !failure ? ((count) + 1) / 2 : (count))

INTERPOSE(ssize_t, read, (int fd, void *into, size_t count), named(fd), fd, into, HALF(count))
INTERPOSE(ssize_t, write, (int fd, const void *from, size_t count), named(fd), fd, from, HALF(count))
INTERPOSE(int, fsync, (int fd), named(fd), fd)
INTERPOSE(int, fdatasync, (int fd), named(fd), fd)
INTERPOSE(int, fchmod, (int fd, mode_t mode), named(fd), fd, mode)
INTERPOSE(int, fstat, (int fd, struct stat *into), named(fd), fd, into)
INTERPOSE(int, flock, (int fd, int operation), named(fd), fd, operation)
INTERPOSE(int, ftruncate, (int fd, off_t count), named(fd), fd, count)
INTERPOSE(int, stat, (const char *path, struct stat *into), inside(path), path, into)
INTERPOSE(int, lstat, (const char *path, struct stat *into), inside(path), path, into)
INTERPOSE(int, chmod, (const char *path, mode_t mode), inside(path), path, mode)
INTERPOSE(int, mkdir, (const char *path, mode_t mode), inside(path), path, mode)
INTERPOSE(int, unlink, (const char *path), inside(path), path)

int link(const char *from, const char *to) {
    const char *at = inside(from), *other = inside(to);
    if (!at || !other) return REAL(link)(from, to);
    THROUGH(link, at, other, from, to);
}

int rename(const char *from, const char *to) {
    const char *at = inside(from), *other = inside(to);
    if (!at || !other) return REAL(rename)(from, to);
    THROUGH(rename, at, other, from, to);
}

static int open_counted(const char *path, const char *file, int flags, mode_t mode) {
    THROUGH(open, file, NULL, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;
    va_end(list);
    const char *file = inside(path);
    if (!file) return REAL(open)(path, flags, mode);
    int descriptor = open_counted(path, file, flags, mode);
    remember(descriptor, file);
    // Whoever writes to that stream, or reads from it, has the file from now on.
    if (descriptor >= 0 && descriptor <= 2) next("stream", file, NULL);
    return descriptor;
}

int close(int fd) {
    remember(fd, NULL);
    return REAL(close)(fd);
}

int usleep(useconds_t microseconds) {
    const char *path = getenv("INTERPOSE_SLEEPS");
    FILE *sleeps = path ? fopen(path, "ae") : NULL;
    if (!sleeps) return REAL(usleep)(microseconds);
    fprintf(sleeps, "%u\n", microseconds);
    return fclose(sleeps);
}

int prctl(int option, ...) {
    unsigned long a[4];
    va_list list;
    va_start(list, option);
    for (int i = 0; i < 4; i++) a[i] = va_arg(list, unsigned long);
    va_end(list);
    if (readable && option == PR_SET_DUMPABLE) {
        // A kernel without Yama knows no such wish, and needs none.
        REAL(prctl)(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
        return 0;
    }
    return REAL(prctl)(option, a[0], a[1], a[2], a[3]);
}

// Read anew each time: the test writes it while the program runs.
static time_t age(void) {
    const char *path = getenv("INTERPOSE_AGE");
    int file = path ? REAL(open)(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    char text[32] = "";
    ssize_t count = REAL(read)(file, text, sizeof text - 1);
    REAL(close)(file);
    return count > 0 ? atol(text) : 0;
}

static time_t slew(void) { return number("INTERPOSE_SLEW"); }

int clock_gettime(clockid_t clock, struct timespec *into) {
    int status = REAL(clock_gettime)(clock, into);
    if (status != 0) return status;
    if (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME || clock == CLOCK_MONOTONIC) into->tv_sec += age() + slew();
    if (clock == CLOCK_MONOTONIC_RAW) into->tv_sec += age();
    return 0;
}

// The kernel knows nothing of that.
int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *former) {
    struct itimerspec real = *when;
    if (flags & TFD_TIMER_ABSTIME && real.it_value.tv_sec > age()) real.it_value.tv_sec -= age();
    return REAL(timerfd_settime)(fd, flags, &real, former);
}

int adjtimex(struct timex *clock) {
    const char *bound = getenv("INTERPOSE_KERNEL");
    if (!bound) return REAL(adjtimex)(clock);
    if (*bound == '-') {
        errno = EPERM;
        return -1;
    }
    memset(clock, 0, sizeof *clock);
    clock->maxerror = atol(bound);
    return clock->maxerror < 16000000 ? TIME_OK : TIME_ERROR;
}

// Whoever is at the other end is at the address that a test says.
int getpeername(int fd, struct sockaddr *into, socklen_t *count) {
    const char *peer = getenv("INTERPOSE_PEER");
    int status = REAL(getpeername)(fd, into, count);
    if (peer && status == 0 && into->sa_family == AF_INET) ((struct sockaddr_in *)into)->sin_addr.s_addr = inet_addr(peer);
    return status;
}
