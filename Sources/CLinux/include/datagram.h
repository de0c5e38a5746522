#ifndef CLINUX_DATAGRAM_H
#define CLINUX_DATAGRAM_H

#include <stddef.h>

/* A new Unix datagram socket, close-on-exec and non-blocking, with a send buffer of up to `buffer` bytes. */
int clinux_datagram_socket(int buffer);

/* Sends `length` bytes to the datagram socket at `path` and does not wait: -EAGAIN when its queue is full, -EMSGSIZE when they
   are too many for one datagram, -ENAMETOOLONG when the path does not fit an address. */
int clinux_datagram_send(int fd, const char *path, const void *bytes, size_t length);

/* Sends the descriptor `file` in an otherwise empty datagram (unix(7), SCM_RIGHTS), and does not wait. */
int clinux_datagram_send_file(int fd, const char *path, int file);

#endif
