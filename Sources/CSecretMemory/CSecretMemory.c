#define _GNU_SOURCE
#include "CSecretMemory.h"

#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

/* A sanitizer has an allocator of its own, whose blocks are not glibc's. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED

/* The allocator's own names for what is replaced here; glibc exports them for this (glibc manual, "Replacing malloc"). */
extern void __libc_free(void *block);

void free(void *block) {
    if (block == NULL) return;
    /* All of it, and not what was asked for: an earlier use may have been longer. */
    explicit_bzero(block, malloc_usable_size(block));
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
    if (block == NULL) return malloc(size);
    if (size == 0) {
        free(block);
        return NULL;
    }
    size_t usable = malloc_usable_size(block);
    /* In place where little is wasted: what lies behind `size` is wiped with the rest. */
    if (size <= usable && size >= usable / 2) return block;
    void *moved = malloc(size);
    if (moved == NULL) return NULL;
    memcpy(moved, block, size < usable ? size : usable);
    free(block);
    return moved;
}

#endif

int csecretmemory_lock(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return -errno;
    if (limit.rlim_cur != RLIM_INFINITY) {
        if (limit.rlim_max != RLIM_INFINITY) return CSECRETMEMORY_LIMITED;
        limit.rlim_cur = RLIM_INFINITY;
        if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0) return -errno;
    }
    return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? CSECRETMEMORY_LOCKED : -errno;
}
