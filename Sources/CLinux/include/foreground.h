#ifndef CLINUX_FOREGROUND_H
#define CLINUX_FOREGROUND_H

/*
 * A program in the foreground of this process's terminal, and the signals that come meanwhile. No logic. Every function
 * answers 0 or a positive result, or -errno.
 */

#include <stdint.h>

/* A signal that came. */
struct clinux_signal {
    /* 0: nobody's signal, but a wake-up. */
    int32_t number;
    /* The process that sent it; meaningless when the kernel did. */
    int32_t sender;
    /* Whether the kernel sent it, for a terminal above all (sigaction(2), si_code). */
    int32_t is_from_kernel;
};

/* From now on the `count` signals do nothing but to be kept for clinux_next_signal; one that is ignored stays ignored.
   Answers a descriptor that is readable when there is one. To be called once. */
int clinux_keep_signals(const int *signals, int count);

/* Takes the oldest signal: answers 1, or 0 when there is none. Of many thousands some may be lost, as equal ones always may. */
int clinux_next_signal(struct clinux_signal *out);

/* Makes the descriptor readable, and has clinux_next_signal answer with number 0. */
int clinux_wake(void);

/* Lets the signals through to the calling thread. */
int clinux_unblock_signals(const int *signals, int count);

/* Writes the descriptors from 3 on that a program which takes this one's place would inherit, in ascending order, to `out`
   and answers how many there are. -E2BIG when they are more than `capacity`. */
int clinux_inherited_descriptors(int *out, int capacity);

/* Starts a program, searched in PATH as execvp(3) does, in this process's group. It gets `environment`, the descriptors 0
   to 2 and `descriptors`, no signal that is blocked, and none that is caught or SIGPIPE but with its default action. It is
   killed when the calling thread ends, with the process or before it. Answers only after the program runs, with its ID, or
   why it does not. */
int clinux_start_in_foreground(char *const *arguments, char *const *environment, const int *descriptors, int count);

/* The variables of this process (environ(7)). */
char *const *clinux_environment(void);

/* How a child is doing. */
enum {
    CLINUX_CHILD_UNCHANGED = 0,
    CLINUX_CHILD_EXITED = 1,
    CLINUX_CHILD_SIGNALLED = 2,
    CLINUX_CHILD_STOPPED = 3,
    CLINUX_CHILD_CONTINUED = 4
};

/* Tells the next change of child `pid` without waiting (waitpid(2)); `detail` is the exit code or the signal. A child that
   ended is gone afterwards. */
int clinux_child_change(int pid, int *detail);

#endif
