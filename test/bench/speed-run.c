/*
 * run PROGRAM ARG...: starts a program, waits for its end and says what it cost on descriptor 3:
 * wall nanoseconds, CPU microseconds (user and system, with its children), peak resident KB of the largest process.
 *
 * Node cannot ask wait4(2), and a fork of a large parent would count that parent's memory as the child's.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t microseconds(struct timeval time)
{
  return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

int main(int argc, char **argv)
{
  if (argc < 2) return 2;
  fcntl(3, F_SETFD, FD_CLOEXEC);
  int64_t started = now_ns();
  pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  int status;
  struct rusage used;
  while (wait4(child, &status, 0, &used) < 0)
    if (errno != EINTR) return 2;
  dprintf(3, "%" PRId64 " %" PRId64 " %ld\n", now_ns() - started,
          microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
