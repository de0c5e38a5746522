#ifndef CSECRETMEMORY_H
#define CSECRETMEMORY_H

/*
 * Memory of a program that holds secrets. A program that links this target has every block of memory wiped when it is
 * released: free(3) and realloc(3) are its own.
 */

/* What csecretmemory_lock answers. */
enum {
    CSECRETMEMORY_LOCKED = 0,
    /* The limit of locked memory (RLIMIT_MEMLOCK) does not allow it. */
    CSECRETMEMORY_LIMITED = 1
};

/* Keeps all memory of the process, and what it gets from now on, out of swap, page by page as it is used (mlockall(2)). Only where no limit
   could stop it later: a program that runs out of locked memory would lose what it has to do. Answers one of the above, or -errno. */
int csecretmemory_lock(void);

#endif
