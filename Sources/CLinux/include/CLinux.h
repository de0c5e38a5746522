#ifndef CLINUX_H
#define CLINUX_H

/*
 * Linux system calls that Swift's Glibc module cannot see: calls behind macros, structures behind feature tests, and
 * socket options newer than the C library. No logic. Every function answers 0 or a positive result, or -errno.
 */

#include <stdint.h>

#include "datagram.h"
#include "folder_watch.h"
#include "foreground.h"
#include "memory_file.h"
#include "service_manager.h"
#include "sock_diag.h"

/* Who is at the other end of a Unix socket, as of connect(2) (unix(7), SO_PEERCRED). */
struct clinux_ucred {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/* Reads SO_PEERCRED of the connected Unix socket `fd` into `out`. */
int clinux_peer_credentials(int fd, struct clinux_ucred *out);

/* Writes the address that the peer of the Unix socket `fd` bound its own socket to (getpeername(2), unix(7)) to `address`, which
   has room for `capacity` bytes, and answers its length: 0 when it bound none. An abstract address begins with a zero byte. */
int clinux_peer_address(int fd, char *address, int capacity);

/* A new pidfd, close-on-exec, of the peer of the Unix socket `fd` (SO_PEERPIDFD, Linux 6.5). -ENOPROTOOPT before it;
   -ESRCH or -EINVAL when the peer has been reaped. */
int clinux_peer_pidfd(int fd);

/* A new pidfd, close-on-exec, of process `pid` (pidfd_open(2), Linux 5.3). */
int clinux_pidfd_open(int pid);

/* Writes the supplementary groups of the peer of the Unix socket `fd` (SO_PEERGROUPS, Linux 4.13) to `groups`, which has
   room for `capacity`, and answers how many there are. -ERANGE when they do not fit. */
int clinux_peer_groups(int fd, uint32_t *groups, int capacity);

/* Writes the security label of the peer of the Unix socket `fd` (SO_PEERSEC, unix(7)) to `label`, which has room for
   `capacity` bytes, and answers its length. -ERANGE when it does not fit, -ENOPROTOOPT when no security module gives one. */
int clinux_peer_label(int fd, char *label, int capacity);

/* What statx(2) tells about a file. Times are nanoseconds since 1970; `born_ns` is 0 where the file system keeps none. */
struct clinux_file_status {
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t modified_ns;
    int64_t changed_ns;
    int64_t born_ns;
    uint32_t links;
    uint32_t owner;
    uint32_t mode;
};

enum {
    /* Follow no symbolic link at the end of the path. */
    CLINUX_NO_FOLLOW = 1,
    /* Be content with what the kernel knows: do not ask the server of a network file system. */
    CLINUX_NO_SYNC = 2
};

/* Reads the status of `path` relative to the folder `fd`, or of `fd` itself when `path` is empty, into `out`. */
int clinux_read_status(int fd, const char *path, int flags, struct clinux_file_status *out);

/* The type of the file system of `fd` (statfs(2); linux/magic.h). */
int64_t clinux_file_system_type(int fd);

/* Forbids core dumps of this process, and other processes of its user to trace it (prctl(2), setrlimit(2)). */
int clinux_forbid_dumps(void);

/* Programs that the calling thread starts from now on get none of its capabilities (capabilities(7), ambient set). */
int clinux_drop_ambient_capabilities(void);

/* A program that is started with `actions`, a posix_spawn_file_actions_t, gets no descriptor from `first` on (posix_spawn_file_actions_addclosefrom_np(3)). */
int clinux_close_from(void *actions, int first);

/* Looks up a user or group by name (getpwnam_r(3), getgrnam_r(3)): answers 1 and writes its number, or 0 when there is none. */
int clinux_user_id(const char *name, uint32_t *id);
int clinux_group_id(const char *name, uint32_t *id);

/* The clock with this number (clock_gettime(2)) in nanoseconds. */
int64_t clinux_clock_ns(int clock);

/* CLOCK_BOOTTIME: like the monotonic clock, and goes on while the machine sleeps. */
int clinux_clock_boottime(void);

/* A new timer descriptor, close-on-exec and non-blocking, that becomes readable when the wall clock is set
   (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET). */
int clinux_clock_watch(void);

/* Makes the descriptor of clinux_clock_watch ready for the next time. Answers 1 when the clock was set since the last
   call, 0 when it was not. */
int clinux_clock_was_set(int watch);

/* Ties the calling thread to one processor, counted from 0 (sched_setaffinity(2)). */
int clinux_pin_to_cpu(int cpu);

/* What one descriptor is ready for (epoll(7)), without the packed layout and the union that Swift cannot import. */
struct clinux_epoll_event {
    uint64_t token;
    uint32_t events;
};

enum {
    CLINUX_EPOLL_IN = 0x001,
    CLINUX_EPOLL_OUT = 0x004,
    CLINUX_EPOLL_ERR = 0x008,
    CLINUX_EPOLL_HUP = 0x010
};

/* A new epoll instance, close-on-exec. */
int clinux_epoll_create(void);

/* Watches `fd` for `events`; `token` comes back with each of its events. */
int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);

/* Changes what `fd` is watched for. */
int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token);

/* Watches `fd` no longer. */
int clinux_epoll_remove(int epoll, int fd);

/* Waits up to `milliseconds` (-1: for ever) and answers how many of `capacity` events, at most 256, were written.
   An interruption by a signal counts as no event. */
int clinux_epoll_wait(int epoll, struct clinux_epoll_event *events, int capacity, int milliseconds);

#endif
