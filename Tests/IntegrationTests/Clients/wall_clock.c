/*
 * Loaded before a program (LD_PRELOAD), has it live in 1970 as long as the file WALL_CLOCK_WRONG exists: ten minutes after
 * the beginning of time when the machine was started, as a machine without a battery for its clock does.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time) {
    const char *file = getenv("WALL_CLOCK_WRONG");
    if (clock == CLOCK_REALTIME && file != NULL && access(file, F_OK) == 0) {
        long result = syscall(SYS_clock_gettime, CLOCK_BOOTTIME, time);
        time->tv_sec += 600;
        return (int)result;
    }
    return (int)syscall(SYS_clock_gettime, clock, time);
}
