// Calls that Swift cannot import: variadic, behind macros, or in need of a thread of their own.
#ifndef OTPTOKEN_SHIM_LINUX_H
#define OTPTOKEN_SHIM_LINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

// No core dump and no debugger of the same user may show this process's memory. 0, or -1 with errno.
int shim_harden(void);

// The reason of a failed call in words.
void shim_error_text(int number, char *into, size_t count);

// renameat2 with RENAME_NOREPLACE: a path gets a file only when it has none. 0, or -1 with errno.
int shim_rename_new(const char *one, const char *other);

// syncfs: everything on a file's file system lies on the disk afterwards. 0, or -1 with errno.
int shim_synchronise_all(int file);

// inotify(7), non-blocking: what is put into a folder, or changed there.
int shim_inotify_open(void);
int shim_inotify_watch(int descriptor, const char *path);

// accept4 with SOCK_NONBLOCK and SOCK_CLOEXEC.
int shim_accept(int listener);
// Lets this process have so many descriptors, or as many as its hard limit allows. How many it may have now.
long shim_allow_descriptors(long wanted);

// Sockets that many threads wait for at once (epoll). Each event wakes one thread, and is the socket's last until
// shim_watch_set asks for another; a socket that is closed leaves by itself. Numbers are the caller's, above 0.
int shim_watch_open(void);
// Waits for POLLIN or POLLOUT on a socket that is new to the watch, or not. 0, or -1 with errno.
int shim_watch_set(int watch, int socket, int is_new, uint32_t events, uint64_t number);
// A descriptor that wakes all threads with the number 0, and goes on doing so, once something is written to it: 8 bytes,
// a number above 0.
int shim_watch_bell(int watch);
// The number of a socket that is ready; -1 with errno.
int64_t shim_watch_next(int watch);

// Width and height of a terminal in cells. 0, or -1 with errno.
int shim_terminal_size(int terminal, int *columns, int *rows);

// Blocks the signals that end, stop, resume or resize a terminal program, and returns a descriptor that becomes
// readable when one comes; shim_signals_next returns its number, or 0 when there is none.
int shim_signals_open(void);
int shim_signals_next(int descriptor);
// Unblocks them again and closes the descriptor.
void shim_signals_close(int descriptor);
// Ends this process by a signal's default action, so that the caller's shell sees the truth.
void shim_signal_default(int signal);

// A descriptor that becomes readable at a moment of the wall clock, and at once when that clock is set.
int shim_alarm_open(void);
// Arms it for a moment after 1970. 0, or -1 with errno: ECANCELED when the clock was set since it was armed last, and
// armed it is all the same.
int shim_alarm_set(int descriptor, int64_t nanoseconds);

// Resolves a name within the given time. Fills up to capacity addresses, returns how many;
// 0 = no such name (its reason in *why, getaddrinfo's number), -1 = no answer in time.
typedef struct {
    struct sockaddr_storage address;
    socklen_t count;
    int family;
} shim_address;
int shim_resolve(const char *host, uint16_t port, int milliseconds, shim_address *into, int capacity, int *why);
const char *shim_resolve_text(int why);
// Who a socket is connected to. 0, or -1 with errno.
int shim_peer(int descriptor, shim_address *into);
// An address as digits, or with its port: 127.0.0.1:123 or [::1]:123.
void shim_address_text(const shim_address *address, int with_port, char *into, size_t count);

// The kernel's word on its clock: 1 when a daemon claims to keep it, 0 when none does, -1 when the kernel does not say.
// *bound is the error that it claims, in microseconds.
int shim_kernel_clock(int64_t *bound);
// Whether a hypervisor runs this machine, which may stop it without any of its clocks noticing.
int shim_is_virtual(void);

// Starts a program, found through PATH unless it has a slash, without a shell; words ends with NULL. Its standard input is
// empty, its standard output a pipe, its standard error this process's; it gets no other descriptor, and no signal is
// blocked or ignored because this process does that. 0, or an errno.
typedef struct {
    int process;
    int output; // where to read what it prints
    int end;    // becomes readable when it has ended
} shim_child;
int shim_spawn(char *const *words, shim_child *child);
// The same with a pipe as its standard input, too, and its errors nowhere; *input is where to write to it, which never waits.
int shim_spawn_filter(char *const *words, shim_child *child, int *input);
// Starts a program, or this one once more, in a session of its own, without output, and with so many bytes (at most
// PIPE_BUF) as its standard input. 0, or an errno.
int shim_spawn_aside(int itself, char *const *words, const void *input, size_t count, shim_child *child);

#endif
