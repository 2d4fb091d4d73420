/*
 * infra-enclosure MEGABYTES PROGRAM [ARGUMENT…]: becomes PROGRAM, with nothing of its caller's but the three standard
 * streams and descriptor 3, which PROGRAM closes (addon.c). It exists because a user namespace can only be entered by a process with one thread, and Node has several.
 *
 * What the kernel refuses is no failure: INFRA_NAMESPACES tells the program the errno, and the program's own filter
 * (addon.c) stands alone.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Lowering is always allowed; a limit that is lower already stays. */
static bool lower_limit(int resource, rlim_t to)
{
  struct rlimit now;

  if (getrlimit(resource, &now) < 0)
    return false;
  if (to < now.rlim_max)
    now.rlim_max = to;
  now.rlim_cur = now.rlim_max;
  return setrlimit(resource, &now) == 0;
}

/*
 * No network, no System V objects, no host name of the machine's. Root needs no user namespace for it, and inside one
 * would lose the right to read its own package in somebody else's folder. 0 or errno.
 */
static int leave_namespaces(void)
{
  const int own = geteuid() == 0 ? 0 : CLONE_NEWUSER;

  return unshare(own | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0 ? 0 : errno;
}

_Noreturn static void fail(const char *what)
{
  perror(what);
  exit(127);
}

int main(int argc, char **argv)
{
  char namespaces[32];
  char *environment[] = {namespaces, NULL};
  char *end = NULL;
  unsigned long megabytes;

  if (argc < 3)
    return 127;
  errno = 0;
  megabytes = strtoul(argv[1], &end, 10);
  if (errno != 0 || *end != '\0' || megabytes == 0)
    return 127;
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    fail("prctl");
  /* Pipes have no size for RLIMIT_FSIZE to bound. A core would hold what the program was given. */
  if (!lower_limit(RLIMIT_CORE, 0) || !lower_limit(RLIMIT_FSIZE, 0) || !lower_limit(RLIMIT_NOFILE, 64) ||
      !lower_limit(RLIMIT_DATA, (rlim_t)megabytes << 20))
    fail("setrlimit");
  syscall(SYS_close_range, 4, ~0U, 0); /* Linux 5.9; callers of ours open everything close-on-exec */
  snprintf(namespaces, sizeof namespaces, "INFRA_NAMESPACES=%d", leave_namespaces());
  execve(argv[2], argv + 2, environment);
  fail(argv[2]);
}
