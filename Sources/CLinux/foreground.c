#define _GNU_SOURCE
#include "foreground.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Written before the first handler is set, and never again. */
static int kept[2] = {-1, -1};

static void keep(int number, siginfo_t *information, void *context) {
    (void)context;
    int before = errno;
    struct clinux_signal event = {number, information->si_pid, information->si_code > 0};
    /* Less than PIPE_BUF: all or nothing. A full pipe loses it. */
    ssize_t written = write(kept[1], &event, sizeof event);
    (void)written;
    errno = before;
}

int clinux_keep_signals(const int *signals, int count) {
    if (pipe2(kept, O_CLOEXEC | O_NONBLOCK) != 0) return -errno;
    for (int index = 0; index < count; index++) {
        struct sigaction action;
        if (sigaction(signals[index], NULL, &action) != 0) return -errno;
        /* A child's end is always of interest. */
        if (action.sa_handler == SIG_IGN && signals[index] != SIGCHLD) continue;
        action.sa_sigaction = keep;
        action.sa_flags = SA_SIGINFO | SA_RESTART;
        sigemptyset(&action.sa_mask);
        if (sigaction(signals[index], &action, NULL) != 0) return -errno;
    }
    return kept[0];
}

int clinux_next_signal(struct clinux_signal *out) {
    for (;;) {
        ssize_t length = read(kept[0], out, sizeof *out);
        if (length == (ssize_t)sizeof *out) return 1;
        if (length >= 0) return -EIO;
        if (errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}

int clinux_wake(void) {
    struct clinux_signal event = {0, 0, 0};
    /* A full pipe is readable already. */
    return write(kept[1], &event, sizeof event) >= 0 || errno == EAGAIN ? 0 : -errno;
}

int clinux_unblock_signals(const int *signals, int count) {
    sigset_t set;
    sigemptyset(&set);
    for (int index = 0; index < count; index++) sigaddset(&set, signals[index]);
    return -pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static int compare(const void *left, const void *right) { return *(const int *)left - *(const int *)right; }

int clinux_inherited_descriptors(int *out, int capacity) {
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) return -errno;
    int count = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(folder);
        if (entry == NULL) break;
        int descriptor = atoi(entry->d_name);
        if (descriptor <= STDERR_FILENO) continue;
        int flags = fcntl(descriptor, F_GETFD);
        if (flags < 0 || (flags & FD_CLOEXEC)) continue;
        if (count == capacity) {
            errno = E2BIG;
            break;
        }
        out[count++] = descriptor;
    }
    int error = errno;
    closedir(folder);
    if (error != 0) return -error;
    qsort(out, (size_t)count, sizeof *out, compare);
    return count;
}

/* Has all descriptors from `first` to `last` closed when the program begins. */
static int close_later(unsigned first, unsigned last) {
    if (first > last) return 0;
    return (int)syscall(SYS_close_range, first, last, CLOSE_RANGE_CLOEXEC);
}

/* In the child, where only what may be called in a signal handler may be called (fork(2)). Answers only when it fails. */
static int become(char *const *arguments, char *const *environment, const int *descriptors, int count, pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    /* It may have ended before it was asked to be told. */
    if (getppid() != parent) return ESRCH;
    unsigned next = STDERR_FILENO + 1;
    for (int index = 0; index < count; index++) {
        if (close_later(next, (unsigned)descriptors[index] - 1) != 0) return errno;
        next = (unsigned)descriptors[index] + 1;
    }
    if (close_later(next, ~0U) != 0) return errno;
    /* Handlers would write to the parent's pipe until the program begins. */
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) != 0) continue;
        if (action.sa_handler != SIG_IGN || number == SIGPIPE) sigaction(number, &standard, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    if (sigprocmask(SIG_SETMASK, &none, NULL) != 0) return errno;
    execvpe(arguments[0], arguments, environment);
    return errno;
}

int clinux_start_in_foreground(char *const *arguments, char *const *environment, const int *descriptors, int count) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) return -errno;
    sigset_t all, before;
    sigfillset(&all);
    int error = pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid();
    pid_t child = error == 0 ? fork() : -1;
    if (child == 0) {
        int reason = become(arguments, environment, descriptors, count, parent);
        ssize_t written = write(report[1], &reason, sizeof reason);
        (void)written;
        _exit(127);
    }
    if (error == 0) {
        if (child < 0) error = errno;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    close(report[1]);
    /* Ends without a word when the program begins. */
    ssize_t length = 0;
    int reason = 0;
    while (error == 0 && (length = read(report[0], &reason, sizeof reason)) < 0 && errno == EINTR) {}
    close(report[0]);
    if (error != 0) return -error;
    if (length == 0) return child;
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return length == (ssize_t)sizeof reason ? -reason : -EIO;
}

char *const *clinux_environment(void) { return environ; }

int clinux_child_change(int pid, int *detail) {
    int status = 0;
    pid_t changed;
    while ((changed = waitpid(pid, &status, WNOHANG | WUNTRACED | WCONTINUED)) < 0 && errno == EINTR) {}
    if (changed < 0) return -errno;
    if (changed == 0) return CLINUX_CHILD_UNCHANGED;
    if (WIFEXITED(status)) {
        *detail = WEXITSTATUS(status);
        return CLINUX_CHILD_EXITED;
    }
    if (WIFSIGNALED(status)) {
        *detail = WTERMSIG(status);
        return CLINUX_CHILD_SIGNALLED;
    }
    if (WIFSTOPPED(status)) {
        *detail = WSTOPSIG(status);
        return CLINUX_CHILD_STOPPED;
    }
    return CLINUX_CHILD_CONTINUED;
}
