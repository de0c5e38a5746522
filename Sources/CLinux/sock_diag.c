#define _GNU_SOURCE
#include "sock_diag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/kcmp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Every network namespace's loopback interface has this number. */
enum { LOOPBACK = 1, SEQUENCE = 1, MOST_ATTEMPTS = 4, ANSWER_SIZE = 8192 };

struct request {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
};

int clinux_read_tcp_answer(const void *answer, size_t length, uint32_t sequence, uint32_t port,
                           struct clinux_tcp_socket *out) {
    struct nlmsghdr header;
    if (length < NLMSG_HDRLEN) return -EPROTO;
    memcpy(&header, answer, sizeof header);
    if (header.nlmsg_len < NLMSG_HDRLEN || header.nlmsg_len > length) return -EPROTO;
    if (header.nlmsg_seq != sequence || header.nlmsg_pid != port) return -EPROTO;
    const uint8_t *body = (const uint8_t *)answer + NLMSG_HDRLEN;
    size_t size = header.nlmsg_len - NLMSG_HDRLEN;

    if (header.nlmsg_type == NLMSG_ERROR) {
        int code;
        if (size < sizeof code) return -EPROTO;
        memcpy(&code, body, sizeof code);
        /* Success without a socket is no answer: no acknowledgement was asked for. */
        return code < 0 && code >= -4095 ? code : -EPROTO;
    }
    /* One socket was asked for, so an answer in parts is not an answer to that. */
    if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || (header.nlmsg_flags & NLM_F_MULTI) != 0) return -EPROTO;
    struct inet_diag_msg found;
    if (size < sizeof found) return -EPROTO;
    memcpy(&found, body, sizeof found);
    if (found.idiag_family != AF_INET && found.idiag_family != AF_INET6) return -EPROTO;

    memset(out, 0, sizeof *out);
    out->family = found.idiag_family == AF_INET ? 4 : 6;
    out->state = found.idiag_state;
    out->own_port = ntohs(found.id.idiag_sport);
    out->other_port = ntohs(found.id.idiag_dport);
    memcpy(out->own_address, found.id.idiag_src, sizeof out->own_address);
    memcpy(out->other_address, found.id.idiag_dst, sizeof out->other_address);
    out->user = found.idiag_uid;
    out->inode = found.idiag_inode;
    out->cookie = (uint64_t)found.id.idiag_cookie[1] << 32 | found.id.idiag_cookie[0];
    return 0;
}

static int ask(int netlink, const struct request *request, uint32_t port, struct clinux_tcp_socket *out) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent;
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        sent = sendto(netlink, request, sizeof *request, MSG_NOSIGNAL, (struct sockaddr *)&kernel, sizeof kernel);
        if (sent >= 0 || errno != EINTR) break;
    }
    if (sent < 0) return -errno;
    if (sent != sizeof *request) return -EPROTO;

    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        uint8_t answer[ANSWER_SIZE];
        struct sockaddr_nl sender;
        struct iovec part = {.iov_base = answer, .iov_len = sizeof answer};
        struct msghdr message = {
            .msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &part, .msg_iovlen = 1};
        /* The kernel answers while it takes the request, so the answer is there, or there will be none. */
        ssize_t length = recvmsg(netlink, &message, MSG_DONTWAIT);
        if (length < 0 && errno == EINTR) continue;
        if (length < 0) return errno == EAGAIN ? -ETIMEDOUT : -errno;
        /* Only the kernel has number 0; a process of root's could write to this socket too. */
        if (message.msg_namelen != sizeof sender || sender.nl_family != AF_NETLINK || sender.nl_pid != 0) continue;
        if ((message.msg_flags & MSG_TRUNC) != 0) return -EMSGSIZE;
        return clinux_read_tcp_answer(answer, (size_t)length, request->header.nlmsg_seq, port, out);
    }
    return -ETIMEDOUT;
}

int clinux_find_tcp_socket(int family, const uint8_t *own_address, uint16_t own_port, const uint8_t *other_address,
                           uint16_t other_port, struct clinux_tcp_socket *out) {
    if (family != 4 && family != 6) return -EAFNOSUPPORT;
    struct request request;
    memset(&request, 0, sizeof request);
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.header.nlmsg_seq = SEQUENCE;
    request.body.sdiag_family = family == 4 ? AF_INET : AF_INET6;
    request.body.sdiag_protocol = IPPROTO_TCP;
    request.body.idiag_states = UINT32_MAX;
    request.body.id.idiag_sport = htons(own_port);
    request.body.id.idiag_dport = htons(other_port);
    request.body.id.idiag_if = LOOPBACK;
    request.body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
    request.body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    size_t size = family == 4 ? 4 : 16;
    memcpy(request.body.id.idiag_src, own_address, size);
    memcpy(request.body.id.idiag_dst, other_address, size);

    int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (netlink < 0) return -errno;
    struct sockaddr_nl own = {.nl_family = AF_NETLINK};
    socklen_t length = sizeof own;
    int result;
    if (bind(netlink, (struct sockaddr *)&own, sizeof own) != 0 ||
        getsockname(netlink, (struct sockaddr *)&own, &length) != 0) {
        result = -errno;
    } else {
        result = ask(netlink, &request, own.nl_pid, out);
    }
    close(netlink);
    return result;
}

int clinux_share_descriptors(int first, int second) {
    long order = syscall(SYS_kcmp, first, second, KCMP_FILES, 0, 0);
    return order < 0 ? -errno : order == 0;
}
