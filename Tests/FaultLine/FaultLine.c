// Stands between a program and the kernel and lets calls fail on demand: a full disk, a sync that fails, a clock that was set wrong.
// Only tests load it; no program links to it.
#include "FaultLine.h"

#ifdef __linux__
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static volatile struct faultline *line;

__attribute__((constructor)) static void open_line(void) {
  const char *path = getenv("FAULTLINE");
  if (!path) return;
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *map = mmap(NULL, sizeof(struct faultline), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (map != MAP_FAILED) line = map;
}

// Looks the descriptor's path up; only asked while something is to fail.
static int meant(int fd) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  for (int i = 0; i < 4; i++) {
    char part[128];
    for (int j = 0; j < 128; j++) part[j] = line->paths[i][j];
    part[127] = 0;
    if (part[0] && strstr(path, part)) return 1;
  }
  return 0;
}

static int fails(int fd, int error) {
  if (!error || !meant(fd)) return 0;
  __atomic_add_fetch((int64_t *)&line->failed, 1, __ATOMIC_RELAXED);
  errno = error;
  return 1;
}
#define FULL(fd) (line && fails(fd, line->write_error))

// MARK: Syncing

static int synced(int fd, long number) {
  if (line) {
    struct stat facts;
    if (fstat(fd, &facts) == 0 && S_ISDIR(facts.st_mode)) __atomic_add_fetch((int64_t *)&line->folders_synced, 1, __ATOMIC_RELAXED);
    if (fails(fd, line->sync_error)) return -1;
  }
  return (int)syscall(number, fd);
}
int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

// MARK: Writing

ssize_t write(int fd, const void *bytes, size_t count) {
  if (FULL(fd)) return -1;
  return syscall(SYS_write, fd, bytes, count);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  if (FULL(fd)) return -1;
  return syscall(SYS_pwrite64, fd, bytes, count, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  if (FULL(fd)) return -1;
  return syscall(SYS_writev, fd, pieces, count);
}
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t at) {
  if (FULL(fd)) return -1;
  return syscall(SYS_pwritev, fd, pieces, count, (long)at, (long)0);
}
ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t at) { return pwritev64(fd, pieces, count, at); }
int ftruncate64(int fd, off64_t length) {
  struct stat facts;
  // A full disk can still make a file shorter.
  if (line && line->write_error && fstat(fd, &facts) == 0 && length > facts.st_size && FULL(fd)) return -1;
  return (int)syscall(SYS_ftruncate, fd, length);
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }
int fallocate64(int fd, int mode, off64_t at, off64_t length) {
  if (FULL(fd)) return -1;
  return (int)syscall(SYS_fallocate, fd, mode, at, length);
}
int fallocate(int fd, int mode, off_t at, off_t length) { return fallocate64(fd, mode, at, length); }
int posix_fallocate64(int fd, off64_t at, off64_t length) {
  if (FULL(fd)) return errno;
  return syscall(SYS_fallocate, fd, 0, at, length) == 0 ? 0 : errno;
}
int posix_fallocate(int fd, off_t at, off_t length) { return posix_fallocate64(fd, at, length); }

// MARK: The clock on the wall

static int is_wall(clockid_t which) { return which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE; }

int clock_gettime(clockid_t which, struct timespec *out) {
  int result = (int)syscall(SYS_clock_gettime, which, out);
  if (result != 0 || !line || !is_wall(which)) return result;
  int64_t off = line->clock_milliseconds;
  int64_t nanoseconds = out->tv_nsec + off % 1000 * 1000000;
  out->tv_sec += off / 1000;
  if (nanoseconds < 0) {
    nanoseconds += 1000000000;
    out->tv_sec -= 1;
  } else if (nanoseconds >= 1000000000) {
    nanoseconds -= 1000000000;
    out->tv_sec += 1;
  }
  out->tv_nsec = nanoseconds;
  return 0;
}
int gettimeofday(struct timeval *restrict out, void *restrict zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}
time_t time(time_t *out) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  if (out) *out = now.tv_sec;
  return now.tv_sec;
}
#endif
