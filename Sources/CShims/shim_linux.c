#include "shim_linux.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <time.h>
#if defined __x86_64__ || defined __i386__
#include <cpuid.h>
#endif
#include <unistd.h>

int shim_harden(void) {
    // A standard stream that is closed would be the next file or connection to be opened, and get our messages.
    // Opened the wrong way round, so that using it stays an error.
    for (int i = 0; i <= 2; i++)
        if (fcntl(i, F_GETFD) == -1 && open("/dev/null", i == 0 ? O_WRONLY : O_RDONLY) != i) return -1;
    // Swift's runtime answers a crash by letting another program read this one's memory, and waits for it.
    static const int crashes[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
    // A limit on the size of files is an error like a full disk, not the end.
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void shim_error_text(int number, char *into, size_t count) {
    // The GNU form may answer with a text of its own instead of filling the buffer.
    char scratch[128];
    snprintf(into, count, "%s", strerror_r(number, scratch, sizeof scratch));
}

int shim_rename_new(const char *one, const char *other) {
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_NOREPLACE);
}

int shim_synchronise_all(int file) { return syncfs(file); }

int shim_inotify_open(void) { return inotify_init1(IN_CLOEXEC | IN_NONBLOCK); }

int shim_inotify_watch(int descriptor, const char *path) {
    const uint32_t events = IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE;
    return inotify_add_watch(descriptor, path, events | IN_ONLYDIR) < 0 ? -1 : 0;
}

int shim_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC); }

long shim_allow_descriptors(long wanted) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    struct rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max < (rlim_t)wanted ? limit.rlim_max : (rlim_t)wanted;
    if (raised.rlim_cur <= limit.rlim_cur || setrlimit(RLIMIT_NOFILE, &raised) != 0) raised = limit;
    return raised.rlim_cur < LONG_MAX ? (long)raised.rlim_cur : LONG_MAX;
}

int shim_watch_open(void) { return epoll_create1(EPOLL_CLOEXEC); }

int shim_watch_set(int watch, int socket, int is_new, uint32_t events, uint64_t number) {
    // Events have the same values as for poll.
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.u64 = number};
    return epoll_ctl(watch, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event);
}

int shim_watch_bell(int watch) {
    int bell = eventfd(0, EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    if (bell < 0 || epoll_ctl(watch, EPOLL_CTL_ADD, bell, &event) == 0) return bell;
    int why = errno;
    close(bell);
    errno = why;
    return -1;
}

int64_t shim_watch_next(int watch) {
    struct epoll_event event;
    return epoll_wait(watch, &event, 1, -1) == 1 ? (int64_t)event.data.u64 : -1;
}

int shim_terminal_size(int terminal, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

static void watched(sigset_t *set) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaddset(set, signals[i]);
}

int shim_signals_open(void) {
    sigset_t set;
    watched(&set);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int shim_signals_next(int descriptor) {
    struct signalfd_siginfo info;
    return read(descriptor, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

void shim_signals_close(int descriptor) {
    sigset_t set;
    watched(&set);
    close(descriptor);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void shim_signal_default(int number) {
    sigset_t set;
    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
}

int shim_alarm_open(void) { return timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK); }

int shim_alarm_set(int descriptor, int64_t nanoseconds) {
    struct itimerspec when = {.it_value = {nanoseconds / 1000000000, nanoseconds % 1000000000}};
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

// getaddrinfo knows no time limit, so it runs in a thread that is left behind when the answer comes too late. The
// request is shared by both and freed by whoever lets go of it last.
typedef struct {
    pthread_mutex_t lock;
    int holders, done, status;
    int ready; // an eventfd that becomes readable with the answer
    char host[256], port[8];
    struct addrinfo *found;
} resolution;

static void let_go(resolution *r) {
    int last = --r->holders == 0;
    pthread_mutex_unlock(&r->lock);
    if (!last) return;
    if (r->found) freeaddrinfo(r->found);
    if (r->ready >= 0) close(r->ready);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static int look_up(resolution *r, int flags, struct addrinfo **found) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | flags};
    *found = NULL;
    return getaddrinfo(r->host, r->port, &hints, found);
}

static void *resolve_in_thread(void *argument) {
    resolution *r = argument;
    struct addrinfo *found;
    int status = look_up(r, 0, &found);
    pthread_mutex_lock(&r->lock);
    r->status = status;
    r->found = status == 0 ? found : NULL;
    r->done = 1;
    uint64_t one = 1;
    ssize_t written = write(r->ready, &one, sizeof one);
    (void)written;
    let_go(r);
    return NULL;
}

// Waits for the thread, and for no longer than that.
static int wait_for(resolution *r, int milliseconds) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t end = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + milliseconds, left = milliseconds;
    struct pollfd entry = {.fd = r->ready, .events = POLLIN};
    int ready;
    while ((ready = poll(&entry, 1, (int)left)) < 0 && errno == EINTR) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = end - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
        if (left < 0) left = 0;
    }
    return ready > 0;
}

int shim_resolve(const char *host, uint16_t port, int milliseconds, shim_address *into, int capacity, int *why) {
    resolution *r = calloc(1, sizeof *r);
    *why = EAI_MEMORY;
    if (!r) return 0;
    pthread_mutex_init(&r->lock, NULL);
    snprintf(r->host, sizeof r->host, "%s", host);
    snprintf(r->port, sizeof r->port, "%u", port);
    r->ready = -1;
    r->holders = 1;
    // An address needs nobody to be asked, and no thread.
    r->done = look_up(r, AI_NUMERICHOST, &r->found) == 0;
    if (!r->done) {
        pthread_t thread;
        r->ready = eventfd(0, EFD_CLOEXEC);
        r->holders = 2;
        if (r->ready < 0 || pthread_create(&thread, NULL, resolve_in_thread, r) != 0) {
            r->holders = 1;
            pthread_mutex_lock(&r->lock);
            let_go(r);
            *why = EAI_AGAIN;
            return 0;
        }
        pthread_detach(thread);
        (void)wait_for(r, milliseconds);
    }
    pthread_mutex_lock(&r->lock);
    int n = -1;
    if (r->done) {
        n = 0;
        *why = r->status;
        for (struct addrinfo *a = r->found; a && n < capacity; a = a->ai_next) {
            if (a->ai_addrlen > sizeof into[n].address) continue;
            memcpy(&into[n].address, a->ai_addr, a->ai_addrlen);
            into[n].count = a->ai_addrlen;
            into[n].family = a->ai_family;
            n++;
        }
    }
    let_go(r);
    return n;
}

int shim_peer(int descriptor, shim_address *into) {
    into->count = sizeof into->address;
    if (getpeername(descriptor, (struct sockaddr *)&into->address, &into->count) != 0) return -1;
    into->family = into->address.ss_family;
    return 0;
}

// An IPv4 address in the clothes of IPv6 is that IPv4 address.
static shim_address plain(const shim_address *address) {
    struct sockaddr_in6 wide;
    memcpy(&wide, &address->address, sizeof wide);
    if (address->family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&wide.sin6_addr)) return *address;
    struct sockaddr_in narrow = {.sin_family = AF_INET, .sin_port = wide.sin6_port};
    memcpy(&narrow.sin_addr, &wide.sin6_addr.s6_addr[12], sizeof narrow.sin_addr);
    shim_address result = {.count = sizeof narrow, .family = AF_INET};
    memcpy(&result.address, &narrow, sizeof narrow);
    return result;
}

void shim_address_text(const shim_address *given, int with_port, char *into, size_t count) {
    shim_address address = plain(given);
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getnameinfo((const struct sockaddr *)&address.address, address.count, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        host[0] = port[0] = 0;
    snprintf(into, count, !with_port ? "%s" : address.family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

int shim_kernel_clock(int64_t *bound) {
    struct timex clock = {0};
    *bound = 0;
    if (adjtimex(&clock) < 0) return -1;
    *bound = clock.maxerror;
    // The bound grows to this when nobody keeps the clock; the flag of the same meaning is set by some daemons' start.
    return clock.maxerror < 16000000;
}

int shim_is_virtual(void) {
#if defined __x86_64__ || defined __i386__
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c >> 31 & 1);
#else
    return access("/proc/device-tree/hypervisor", F_OK) == 0;
#endif
}

const char *shim_resolve_text(int why) { return gai_strerror(why); }

// Starts a program. Its errors are this process's where it has an output alone; those of a filter, which has an input as
// well, go nowhere. Without an output (output < 0) both go nowhere, and it has a session of its own.
static int spawn(const char *path, char *const *words, int input, int output, shim_child *child) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    // Whoever started this process may have had it ignore its children, and then nobody learns how they end.
    signal(SIGCHLD, SIG_DFL);
    int why = posix_spawn_file_actions_init(&actions);
    if (why != 0) return why;
    why = posix_spawnattr_init(&attributes);
    if (why == 0) {
        // What shim_harden and the network code ignore would be ignored in the program, too.
        sigset_t ignored, none;
        sigemptyset(&none);
        sigemptyset(&ignored);
        sigaddset(&ignored, SIGPIPE);
        sigaddset(&ignored, SIGXFSZ);
        posix_spawnattr_setsigdefault(&attributes, &ignored);
        posix_spawnattr_setsigmask(&attributes, &none);
        int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        posix_spawnattr_setflags(&attributes, (short)(output < 0 ? flags | POSIX_SPAWN_SETSID : flags));
        why = input >= 0 ? posix_spawn_file_actions_adddup2(&actions, input, 0)
                         : posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        if (why == 0 && output >= 0) why = posix_spawn_file_actions_adddup2(&actions, output, 1);
        if (why == 0 && output < 0) why = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        if (why == 0 && (output < 0 || input >= 0))
            why = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
        // Ours are close-on-exec; those that this process was started with need not be.
        if (why == 0) why = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        if (why == 0) why = posix_spawnp(&child->process, path, &actions, &attributes, words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (why != 0) return why;
    child->end = (int)syscall(SYS_pidfd_open, child->process, 0);
    if (child->end >= 0) return 0;
    why = errno;
    kill(child->process, SIGKILL);
    while (waitpid(child->process, NULL, 0) == -1 && errno == EINTR) {}
    return why;
}

// Its standard input is what this descriptor leads to, or empty.
static int spawn_reading(char *const *words, int input, shim_child *child) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    int why = spawn(words[0], words, input, ends[1], child);
    close(ends[1]);
    child->output = ends[0];
    if (why != 0) close(ends[0]);
    return why;
}

int shim_spawn(char *const *words, shim_child *child) { return spawn_reading(words, -1, child); }

int shim_spawn_filter(char *const *words, shim_child *child, int *input) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    int why = fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0 ? spawn_reading(words, ends[0], child) : errno;
    close(ends[0]);
    *input = ends[1];
    if (why != 0) close(ends[1]);
    return why;
}

int shim_spawn_aside(int itself, char *const *words, const void *input, size_t count, shim_child *child) {
    child->output = -1;
    // What was started is what runs once more, whatever lies at its path or in PATH by now.
    const char *path = itself ? "/proc/self/exe" : words[0];
    if (count == 0) return spawn(path, words, -1, -1, child);
    int ends[2];
    // So little fits into the pipe before anybody reads it.
    if (count > PIPE_BUF) return E2BIG;
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    int why = write(ends[1], input, count) == (ssize_t)count ? 0 : EIO;
    close(ends[1]);
    if (why == 0) why = spawn(path, words, ends[0], -1, child);
    close(ends[0]);
    return why;
}
