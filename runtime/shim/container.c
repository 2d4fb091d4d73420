/* First process of a container, and further ones that join it. CHILD CODE throughout: nothing here returns. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "kernel.h"
#include "shim.h"

/*
 * Runs as pid 1 of fresh pid and mount namespaces. `spec` goes on after the process: u32 OOM score adjustment,
 * [cgroup file], then what rootfs_build reads.
 */
_Noreturn void container_child(struct reader spec, struct process *process, struct child_stdio io, int report)
{
  uint32_t oom = read_u32(&spec);
  char **cgroups = read_list(&spec);
  char number[24], *at = number;
  const char *end = number + sizeof number;
  int32_t adjustment;
  int devpts = -1;

  if (spec.bad)
    child_fail(report, EPROTO, 0, "read the container's description", "process");
  memcpy(&adjustment, &oom, sizeof adjustment);
  if (adjustment < 0)
    at = text_add(at, end, "-");
  text_add_u64(at, end, (uint64_t)(adjustment < 0 ? -(int64_t)adjustment : adjustment));
  (void)write_file("/proc/self/oom_score_adj", number); /* best effort: lowering needs CAP_SYS_RESOURCE */
  /* Before unsharing, or the cgroup namespace has the wrong root. */
  if (cgroup_join(cgroups) < 0)
    child_fail(report, errno, 0, "join", "the container's cgroup");
  if (unshare(CLONE_NEWCGROUP) < 0 || setsid() < 0)
    child_fail(report, errno, 0, "unshare", "the cgroup namespace");
  (void)umask(0); /* modes below are meant as written */
  (void)rootfs_build(&spec, report, &devpts);
  stdio_install(process, io, devpts, report);
  process_exec(process, report);
}

/* Outside the pid namespace: joins all others, forks the process into it as the shim's own child, and ends. */
_Noreturn void exec_child(int pidfd, char **cgroups, const struct process *process, struct child_stdio io, int report)
{
  const int namespaces = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;
  struct report message;
  int gate[2];
  char byte = 0;
  long pid;

  /* Not dumpable: a process of the container must not look into this one (attacks A9). */
  if (prctl(PR_SET_DUMPABLE, 0) < 0 || cgroup_join(cgroups) < 0)
    child_fail(report, errno, 0, "join", "the container's cgroup");
  if (setns(pidfd, namespaces) < 0)
    child_fail(report, errno, 0, "join", "the container's namespaces");
  if (pipe2(gate, O_CLOEXEC) < 0)
    child_fail(report, errno, 0, "open", "a pipe");
  pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (pid < 0)
    child_fail(report, errno, 0, "fork", "into the container");
  if (pid > 0) {
    memset(&message, 0, sizeof message);
    message.kind = REPORT_PID;
    message.error = (int32_t)pid;
    (void)send_fd(report, &message, sizeof message, -1);
    (void)write_all(gate[1], &byte, 1); /* only now may it run and exit: the shim knows whom it reaps */
    _exit(0);
  }
  while (read(gate[0], &byte, 1) < 0 && errno == EINTR)
    continue;
  if (setsid() < 0)
    child_fail(report, errno, 0, "start", "a session");
  {
    OWNED_FD devpts = process->tty ? open("/dev/pts", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;

    stdio_install(process, io, devpts, report);
  }
  process_exec(process, report);
}
