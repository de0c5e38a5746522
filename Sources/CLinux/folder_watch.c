#define _GNU_SOURCE
#include "folder_watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

int clinux_folder_watch(const char *path) {
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (watch < 0) return -errno;
    unsigned events = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF |
                      IN_MOVE_SELF | IN_ONLYDIR;
    if (inotify_add_watch(watch, path, events) >= 0) return watch;
    int reason = errno;
    close(watch);
    return -reason;
}

int clinux_folder_watch_drain(int watch) {
    /* Room for many events; what does not fit is read by the next call. */
    _Alignas(struct inotify_event) char buffer[16384];
    int is_watched = 1;
    for (;;) {
        ssize_t length = read(watch, buffer, sizeof buffer);
        if (length < 0) return errno == EAGAIN ? is_watched : -errno;
        for (ssize_t offset = 0; offset + (ssize_t)sizeof(struct inotify_event) <= length;) {
            struct inotify_event event;
            memcpy(&event, buffer + offset, sizeof event);
            if (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED | IN_UNMOUNT)) is_watched = 0;
            offset += (ssize_t)sizeof event + event.len;
        }
    }
}
