#define _GNU_SOURCE
#include "service_manager.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int clinux_send_datagram(int fd, const char *name, int length, const void *bytes, int count, int descriptor) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (length < 1 || (size_t)length > sizeof address.sun_path || count < 0) return -EINVAL;
    memcpy(address.sun_path, name, (size_t)length);
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = (size_t)count};
    struct msghdr message = {
        .msg_name = &address,
        .msg_namelen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length),
        .msg_iov = &part,
        .msg_iovlen = 1,
    };
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    if (descriptor >= 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    ssize_t sent;
    do {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

static int option(int fd, int name, int *value) {
    socklen_t length = sizeof *value;
    return getsockopt(fd, SOL_SOCKET, name, value, &length) == 0 ? 0 : -errno;
}

int clinux_read_socket_kind(int fd, struct clinux_socket_kind *out) {
    int result = option(fd, SO_DOMAIN, &out->family);
    if (result == 0) result = option(fd, SO_TYPE, &out->type);
    if (result == 0) result = option(fd, SO_ACCEPTCONN, &out->is_listening);
    return result;
}

int clinux_own_address(int fd, char *address, int capacity) {
    struct sockaddr_un name;
    socklen_t length = sizeof name;
    if (capacity < 0) return -EINVAL;
    if (getsockname(fd, (struct sockaddr *)&name, &length) != 0) return -errno;
    if (length < offsetof(struct sockaddr_un, sun_path) || name.sun_family != AF_UNIX) return -EAFNOSUPPORT;
    if (length > sizeof name) return -EPROTO;
    int count = (int)(length - offsetof(struct sockaddr_un, sun_path));
    if (count > capacity) return -ERANGE;
    memcpy(address, name.sun_path, (size_t)count);
    return count;
}

int clinux_own_port(int fd, char *address, int capacity) {
    union {
        struct sockaddr any;
        struct sockaddr_in four;
        struct sockaddr_in6 six;
    } name;
    socklen_t length = sizeof name;
    if (capacity < 0) return -EINVAL;
    if (getsockname(fd, &name.any, &length) != 0) return -errno;
    const void *bytes;
    if (name.any.sa_family == AF_INET) {
        bytes = &name.four.sin_addr;
    } else if (name.any.sa_family == AF_INET6) {
        bytes = &name.six.sin6_addr;
    } else {
        return -EAFNOSUPPORT;
    }
    if (inet_ntop(name.any.sa_family, bytes, address, (socklen_t)capacity) == NULL) return -errno;
    return ntohs(name.any.sa_family == AF_INET ? name.four.sin_port : name.six.sin6_port);
}

int clinux_limit_to_one_hop(int fd) {
    int family, one = 1;
    int result = option(fd, SO_DOMAIN, &family);
    if (result != 0) return result;
    int level = family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    return setsockopt(fd, level, family == AF_INET6 ? IPV6_UNICAST_HOPS : IP_TTL, &one, sizeof one) == 0 ? 0 : -errno;
}

int clinux_close_on_exec(int fd) {
    int flags = fcntl(fd, F_GETFD);
    if (flags < 0) return -errno;
    return fcntl(fd, F_SETFD, flags | FD_CLOEXEC) == 0 ? 0 : -errno;
}
