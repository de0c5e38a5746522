#ifndef CLINUX_SERVICE_MANAGER_H
#define CLINUX_SERVICE_MANAGER_H

/*
 * What the protocol of a service manager needs of Linux (sd_notify(3), sd_listen_fds(3)): datagrams that carry a descriptor, and
 * what kind of socket somebody handed over. No logic. Every function answers 0 or a positive result, or -errno.
 */

#include <stdint.h>

/* Sends `count` bytes as one datagram from the socket `fd` to the Unix socket called `name`, `length` bytes without an ending zero;
   an abstract name begins with a zero byte. `descriptor` goes with it, unless it is negative (SCM_RIGHTS, unix(7)). */
int clinux_send_datagram(int fd, const char *name, int length, const void *bytes, int count, int descriptor);

/* What kind of socket `fd` is, and whether it listens (socket(7)). */
struct clinux_socket_kind {
    int family;
    int type;
    int is_listening;
};

int clinux_read_socket_kind(int fd, struct clinux_socket_kind *out);

/* Writes the address that the Unix socket `fd` is bound to to `address`, as clinux_peer_address does for the other end. */
int clinux_own_address(int fd, char *address, int capacity);

/* Writes the address that the socket `fd` of IPv4 or IPv6 is bound to in numbers to `address`, with an ending zero, and answers its port. */
int clinux_own_port(int fd, char *address, int capacity);

/* Answers of an IP socket go one hop far (ip(7), IP_TTL; ipv6(7), IPV6_UNICAST_HOPS). */
int clinux_limit_to_one_hop(int fd);

/* Sets close-on-exec (fcntl(2), FD_CLOEXEC). */
int clinux_close_on_exec(int fd);

#endif
