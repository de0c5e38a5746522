#ifndef CLINUX_SOCK_DIAG_H
#define CLINUX_SOCK_DIAG_H

/*
 * One TCP socket of this machine, as the kernel describes it (sock_diag(7)), and the comparison of descriptor tables
 * (kcmp(2)). No logic. Every function answers 0 or a positive result, or -errno.
 */

#include <stddef.h>
#include <stdint.h>

/* A TCP socket in the network namespace of the caller. */
struct clinux_tcp_socket {
    /* 4 or 6: the address family of the socket itself. One of family 6 may carry IPv4-mapped addresses. */
    uint8_t family;
    /* The state, numbered as in net/tcp_states.h: 1 is ESTABLISHED, 10 is LISTEN. */
    uint8_t state;
    /* In the byte order of the machine. */
    uint16_t own_port;
    uint16_t other_port;
    /* In the byte order of the network: the first 4 bytes, or all 16. */
    uint8_t own_address[16];
    uint8_t other_address[16];
    /* The user that made the socket, in the user namespace of the caller. */
    uint32_t user;
    /* 0 when no process holds the socket any longer. */
    uint32_t inode;
    /* A number that no other socket has until the machine restarts. */
    uint64_t cookie;
};

/* Asks for the socket whose own end is `own_address` and `own_port`, connected to `other_address` and `other_port`: the
   one that the kernel would give a packet to that came over the loopback interface. `family` is 4 or 6. Answers -ENOENT
   when there is none, and does not wait.
   The kernel answers with a listening socket when no connected one fits: compare what was written to `out`. */
int clinux_find_tcp_socket(int family, const uint8_t *own_address, uint16_t own_port, const uint8_t *other_address,
                           uint16_t other_port, struct clinux_tcp_socket *out);

/* Reads the kernel's answer of `length` bytes to request `sequence` of netlink port `port`. -EPROTO when it is not one. */
int clinux_read_tcp_answer(const void *answer, size_t length, uint32_t sequence, uint32_t port,
                           struct clinux_tcp_socket *out);

/* Answers 1 when tasks `first` and `second` use one table of descriptors, and 0 when each has its own. */
int clinux_share_descriptors(int first, int second);

#endif
