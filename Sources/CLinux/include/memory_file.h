#ifndef CLINUX_MEMORY_FILE_H
#define CLINUX_MEMORY_FILE_H

/*
 * Files in memory that nobody can change once they are sealed. No logic. Every function answers 0 or a positive result, or -errno.
 */

/* A new file in memory, close-on-exec, that can be sealed and never be executed where the kernel can say so (memfd_create(2),
   MFD_NOEXEC_SEAL, Linux 6.3). */
int clinux_memfd(const char *name);

/* Seals the file in memory `fd` against every change, and against other seals (fcntl(2), F_ADD_SEALS). */
int clinux_seal(int fd);

/* Answers 1 when `fd` is a file in memory with all seals of clinux_seal, 0 when seals are missing; -EINVAL when it is no such file. */
int clinux_is_sealed(int fd);

#endif
