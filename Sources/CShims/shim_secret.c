#include "shim_crypto.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <sanitizer/asan_interface.h> // does nothing unless the sanitizer is there: it sees who leaves a secret's bounds

// Small secrets share an arena that is neither swapped nor dumped, between two pages that nobody can touch. Large ones
// have pages of their own. Where nothing, or nothing more, may be locked, they lie in memory that can be swapped: a
// secret is never refused for that.
//
// The arena is not the secure heap of OpenSSL: libcrypto takes memory from that as well, and fails when it is full.
enum { GRANULE = 32, GRANULES = 1 << 15, ARENA = GRANULE * GRANULES, LARGE = 1 << 14 };

static pthread_once_t arena_once = PTHREAD_ONCE_INIT;
static uint8_t *arena; // NULL when there is none

static pthread_mutex_t taken_lock = PTHREAD_MUTEX_INITIALIZER;
static uint8_t taken[GRANULES]; // 1 for a granule in use
static size_t first_free;       // no granule before it is free

static void arena_make(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *start = mmap(NULL, page + ARENA + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED || mprotect(start + page, ARENA, PROT_READ | PROT_WRITE) != 0) return;
    arena = start + page;
    ASAN_POISON_MEMORY_REGION(arena, ARENA);
    (void)madvise(arena, ARENA, MADV_DONTDUMP);
    // On fault: a page that holds no secret need not be there.
    struct rlimit limit;
    if (mlock2(arena, ARENA, MLOCK_ONFAULT) != 0 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < ARENA)
        (void)mlock2(arena, limit.rlim_cur / page * page, MLOCK_ONFAULT); // the beginning is used first
}

static size_t granules(size_t count) { return count ? (count + GRANULE - 1) / GRANULE : 1; }

static size_t next_free(size_t index) {
    uint8_t *found = memchr(taken + index, 0, GRANULES - index);
    return found ? (size_t)(found - taken) : GRANULES;
}

// The first so many granules in a row, or NULL.
static uint8_t *arena_allocate(size_t wanted) {
    uint8_t *obstacle;
    pthread_mutex_lock(&taken_lock);
    size_t index = first_free = next_free(first_free);
    while (index + wanted <= GRANULES && (obstacle = memchr(taken + index, 1, wanted)))
        index = next_free((size_t)(obstacle - taken));
    int fits = index + wanted <= GRANULES;
    if (fits) memset(taken + index, 1, wanted);
    pthread_mutex_unlock(&taken_lock);
    return fits ? arena + index * GRANULE : NULL;
}

static void arena_free(uint8_t *bytes, size_t used) {
    ASAN_POISON_MEMORY_REGION(bytes, used * GRANULE);
    size_t index = (size_t)(bytes - arena) / GRANULE;
    pthread_mutex_lock(&taken_lock);
    memset(taken + index, 0, used);
    if (index < first_free) first_free = index;
    pthread_mutex_unlock(&taken_lock);
}

uint8_t *shim_secret_allocate(size_t count) {
    if (count > LARGE) {
        void *pages = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) return NULL;
        (void)madvise(pages, count, MADV_DONTDUMP);
        (void)mlock(pages, count);
        return pages;
    }
    pthread_once(&arena_once, arena_make);
    uint8_t *bytes = arena ? arena_allocate(granules(count)) : NULL;
    if (bytes) ASAN_UNPOISON_MEMORY_REGION(bytes, count);
    return bytes ? bytes : calloc(count ? count : 1, 1);
}

void shim_secret_free(uint8_t *bytes, size_t count) {
    if (!bytes) return;
    // What the arena hands out is zero because of this.
    OPENSSL_cleanse(bytes, count);
    if (count > LARGE)
        munmap(bytes, count);
    else if (arena && bytes >= arena && bytes < arena + ARENA)
        arena_free(bytes, granules(count));
    else
        free(bytes);
}
