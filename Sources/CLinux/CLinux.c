#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <spawn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

/* Newer than the C library's headers (linux/socket.h; the same on every architecture that uses asm-generic). */
#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int clinux_peer_credentials(int fd, struct clinux_ucred *out) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -errno;
    if (length != sizeof credentials) return -EPROTO;
    out->pid = credentials.pid;
    out->uid = credentials.uid;
    out->gid = credentials.gid;
    return 0;
}

int clinux_peer_address(int fd, char *address, int capacity) {
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    if (capacity < 0) return -EINVAL;
    if (getpeername(fd, (struct sockaddr *)&name, &length) != 0) return -errno;
    if (length < offsetof(struct sockaddr_un, sun_path) || name.sun_family != AF_UNIX) return -EAFNOSUPPORT;
    if (length > sizeof name) return -EPROTO;
    int count = (int)(length - offsetof(struct sockaddr_un, sun_path));
    if (count > capacity) return -ERANGE;
    memcpy(address, name.sun_path, (size_t)count);
    return count;
}

int clinux_peer_pidfd(int fd) {
    int pidfd = -1;
    socklen_t length = sizeof pidfd;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &length) != 0) return -errno;
    if (length != sizeof pidfd || pidfd < 0) return -EPROTO;
    return pidfd;
}

int clinux_pidfd_open(int pid) {
    long pidfd = syscall(SYS_pidfd_open, pid, 0);
    return pidfd < 0 ? -errno : (int)pidfd;
}

int clinux_peer_groups(int fd, uint32_t *groups, int capacity) {
    if (capacity < 0 || capacity > 1 << 20) return -EINVAL;
    socklen_t length = (socklen_t)capacity * sizeof *groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -errno;
    return (int)(length / sizeof *groups);
}

int clinux_peer_label(int fd, char *label, int capacity) {
    if (capacity < 0) return -EINVAL;
    socklen_t length = (socklen_t)capacity;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERSEC, label, &length) != 0) return -errno;
    return (int)length;
}

static int64_t nanoseconds(struct statx_timestamp time) {
    int64_t result;
    if (__builtin_mul_overflow(time.tv_sec, INT64_C(1000000000), &result)) return INT64_MAX;
    if (__builtin_add_overflow(result, (int64_t)time.tv_nsec, &result)) return INT64_MAX;
    return result;
}

int clinux_read_status(int fd, const char *path, int flags, struct clinux_file_status *out) {
    struct statx status;
    int how = path[0] == 0 ? AT_EMPTY_PATH : 0;
    if (flags & CLINUX_NO_FOLLOW) how |= AT_SYMLINK_NOFOLLOW;
    if (flags & CLINUX_NO_SYNC) how |= AT_STATX_DONT_SYNC;
    if (statx(fd, path, how | AT_NO_AUTOMOUNT, STATX_BASIC_STATS | STATX_BTIME, &status) != 0) return -errno;
    out->device = makedev(status.stx_dev_major, status.stx_dev_minor);
    out->inode = status.stx_ino;
    out->size = status.stx_size;
    out->modified_ns = nanoseconds(status.stx_mtime);
    out->changed_ns = nanoseconds(status.stx_ctime);
    out->born_ns = status.stx_mask & STATX_BTIME ? nanoseconds(status.stx_btime) : 0;
    out->links = status.stx_nlink;
    out->owner = status.stx_uid;
    out->mode = status.stx_mode;
    return 0;
}

int64_t clinux_file_system_type(int fd) {
    struct statfs status;
    if (fstatfs(fd, &status) != 0) return -errno;
    return (int64_t)(uint32_t)status.f_type;
}

int64_t clinux_clock_ns(int clock) {
    struct timespec now;
    if (clock_gettime((clockid_t)clock, &now) != 0) return -errno;
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int clinux_clock_boottime(void) { return CLOCK_BOOTTIME; }

int clinux_pin_to_cpu(int cpu) {
    if (cpu < 0 || cpu >= CPU_SETSIZE) return -EINVAL;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : -errno;
}

int clinux_epoll_create(void) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? -errno : epoll;
}

static int change(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, fd, &event) == 0 ? 0 : -errno;
}

int clinux_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
    return change(epoll, EPOLL_CTL_ADD, fd, events, token);
}

int clinux_epoll_modify(int epoll, int fd, uint32_t events, uint64_t token) {
    return change(epoll, EPOLL_CTL_MOD, fd, events, token);
}

int clinux_epoll_remove(int epoll, int fd) { return change(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int epoll, struct clinux_epoll_event *events, int capacity, int milliseconds) {
    struct epoll_event ready[256];
    if (capacity < 1) return -EINVAL;
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(epoll, ready, capacity, milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int index = 0; index < count; index++) {
        events[index].token = ready[index].data.u64;
        events[index].events = ready[index].events;
    }
    return count;
}

static int arm_clock_watch(int watch) {
    /* The farthest instant: the timer itself never fires, only the cancellation does. */
    struct itimerspec never = {.it_value = {.tv_sec = INT64_MAX / 1000000000, .tv_nsec = 0}};
    int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
    return timerfd_settime(watch, flags, &never, NULL) == 0 ? 0 : -errno;
}

int clinux_clock_watch(void) {
    int watch = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (watch < 0) return -errno;
    int armed = arm_clock_watch(watch);
    if (armed == 0) return watch;
    close(watch);
    return armed;
}

int clinux_clock_was_set(int watch) {
    uint64_t expirations;
    ssize_t length = read(watch, &expirations, sizeof expirations);
    int reason = length < 0 ? errno : 0;
    if (reason == EAGAIN) return 0;
    int armed = arm_clock_watch(watch);
    /* Arming after a cancellation may itself report it (timerfd_create(2)). */
    if (armed != 0 && armed != -ECANCELED) return armed;
    return reason == ECANCELED ? 1 : 0;
}

/* A group can have many members, all of which must fit. */
enum { FIRST_ENTRY_SIZE = 4096, LAST_ENTRY_SIZE = 1 << 20 };

int clinux_user_id(const char *name, uint32_t *id) {
    for (size_t size = FIRST_ENTRY_SIZE; size <= LAST_ENTRY_SIZE; size *= 4) {
        char *buffer = malloc(size);
        if (buffer == NULL) return -ENOMEM;
        struct passwd entry, *found = NULL;
        int code = getpwnam_r(name, &entry, buffer, size, &found);
        if (code == 0 && found != NULL) *id = found->pw_uid;
        free(buffer);
        if (code != ERANGE) return code != 0 ? -code : found != NULL;
    }
    return -ERANGE;
}

int clinux_group_id(const char *name, uint32_t *id) {
    for (size_t size = FIRST_ENTRY_SIZE; size <= LAST_ENTRY_SIZE; size *= 4) {
        char *buffer = malloc(size);
        if (buffer == NULL) return -ENOMEM;
        struct group entry, *found = NULL;
        int code = getgrnam_r(name, &entry, buffer, size, &found);
        if (code == 0 && found != NULL) *id = found->gr_gid;
        free(buffer);
        if (code != ERANGE) return code != 0 ? -code : found != NULL;
    }
    return -ERANGE;
}

int clinux_forbid_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : -errno;
}

int clinux_drop_ambient_capabilities(void) {
    return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0L, 0L, 0L) == 0 ? 0 : -errno;
}

int clinux_close_from(void *actions, int first) {
    return -posix_spawn_file_actions_addclosefrom_np(actions, first);
}
