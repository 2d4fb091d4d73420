/* From inside the container's namespaces to its program: stdio, working directory, user, capabilities, exec. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "kernel.h"
#include "shim.h"

#define PTY_PEER 0x5441 /* TIOCGPTPEER: the other end without a path, attacks A4 */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

void process_read(struct reader *from, struct process *out)
{
  memset(out, 0, sizeof *out);
  out->argv = read_list(from);
  out->env = read_list(from);
  out->cwd = read_text(from);
  out->uid = read_u32(from);
  out->gid = read_u32(from);
  out->gid_count = read_u32(from);
  out->gids = (gid_t *)(void *)from->at;
  if (out->gid_count > 65536) /* NGROUPS_MAX */
    from->bad = true;
  else if (out->gid_count > 0 && (out->gids = pages_take(out->gid_count * sizeof *out->gids)) == NULL)
    from->bad = true;
  for (uint32_t i = 0; i < out->gid_count && !from->bad; i++)
    out->gids[i] = read_u32(from);
  out->capabilities = read_u64(from);
  out->no_new_privs = read_u32(from) != 0;
  out->seccomp = read_u32(from) != 0;
  if (!from->bad && out->argv[0] == NULL)
    from->bad = true;
}

_Noreturn void child_fail(int socket, int error, uint32_t exit_code, const char *doing, const char *subject)
{
  struct report report;
  const char *end = report.text + sizeof report.text;

  memset(&report, 0, sizeof report);
  report.kind = REPORT_FAILED;
  report.error = error;
  report.exit_code = exit_code;
  text_add(text_add(text_add(report.text, end, doing), end, " "), end, subject);
  (void)send_fd(socket, &report, sizeof report, -1);
  _exit(exit_code != 0 ? (int)exit_code : 125);
}

/* v1 `tasks` and v2 `cgroup.procs` alike: `0` is the writer. A parent writing a pid waits 10 ms for RCU. */
int cgroup_join(char **files)
{
  for (; *files != NULL; files++)
    if (write_file(*files, "0") < 0)
      return -1;
  return 0;
}

/* A terminal on the container's own pts file system; its master goes to the shim. Returns the slave. */
static int terminal_open(int devpts, int report)
{
  struct report message;
  struct statfs about;
  OWNED_FD master = openat(devpts, "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
  int unlock = 0, slave;

  if (master < 0 || fstatfs(master, &about) < 0 || about.f_type != DEVPTS_SUPER_MAGIC ||
      ioctl(master, TIOCSPTLCK, &unlock) < 0)
    return -1;
  slave = ioctl(master, PTY_PEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0)
    return -1;
  memset(&message, 0, sizeof message);
  message.kind = REPORT_TERMINAL;
  return send_fd(report, &message, sizeof message, master) < 0 ? -1 : slave;
}

void stdio_install(const struct process *process, struct child_stdio io, int devpts, int report)
{
  if (process->tty) {
    int slave = terminal_open(devpts, report);

    if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
      child_fail(report, errno, 0, "open", "a terminal");
    io = (struct child_stdio){slave, slave, slave};
  }
  /* All of ours are above 2: the shim keeps /dev/null on 0 to 2. */
  if (dup2(io.in, 0) < 0 || dup2(io.out, 1) < 0 || dup2(io.err, 2) < 0)
    child_fail(report, errno, 0, "install", "stdio");
  /* So that a non-root program can reopen /dev/stdout; files it does not own stay as they are. */
  for (int fd = 0; fd < 3; fd++) {
    struct stat about;

    if (fstat(fd, &about) == 0 && !(S_ISCHR(about.st_mode) && !process->tty) &&
        fchown(fd, process->uid, (gid_t)-1) < 0)
      continue; /* works as it is, only reopening by name may not */
  }
}

static void limits_set(void)
{
  struct rlimit core = {0, 0}, files;

  /* Best effort: raising needs CAP_SYS_RESOURCE, `infra doctor` reports its absence. */
  (void)setrlimit(RLIMIT_CORE, &core);
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
  }
}

static int capabilities_set(uint64_t wanted)
{
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct held[2], data[2];

  /* What we do not hold we cannot give: capset would refuse the whole set. */
  if (syscall(SYS_capget, &header, held) < 0)
    return -1;
  for (unsigned i = 0; i < 2; i++) {
    uint32_t set = (uint32_t)(wanted >> (32 * i)) & held[i].permitted;
    data[i] = (struct __user_cap_data_struct){.effective = set, .permitted = set, .inheritable = 0};
  }
  return syscall(SYS_capset, &header, data) < 0 ? -1 : 0;
}

static int become_user(const struct process *process, int report)
{
  if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(process->gid_count, process->gids) < 0 ||
      setresgid(process->gid, process->gid, process->gid) < 0 ||
      setresuid(process->uid, process->uid, process->uid) < 0 || prctl(PR_SET_KEEPCAPS, 0) < 0)
    child_fail(report, errno, 0, "become", "the user");
  return 0;
}

static void seccomp_load(const struct process *process, int report)
{
  if (process->seccomp &&
      syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, seccomp_default(process->capabilities)) < 0)
    child_fail(report, errno, 0, "load", "the seccomp profile");
}

static _Noreturn void exec_missing(const char *name, const char *where, int report)
{
  char text[200];
  const char *end = text + sizeof text;

  text_add(text_add(text_add(text, end, "executable file \""), end, name), end, where);
  child_fail(report, ENOENT, 127, "exec:", text);
}

/* execve with the PATH of the container. Tried, not tested first: the answer of the kernel is the precise one. */
static _Noreturn void exec_lookup(const struct process *process, int report)
{
  const char *name = process->argv[0], *path = DEFAULT_PATH;
  char candidate[PATH_MAX];
  int denied = 0;

  if (strchr(name, '/') != NULL) {
    execve(name, process->argv, process->env);
    if (errno == ENOENT || errno == ENOTDIR)
      exec_missing(name, "\": no such file or directory", report);
    child_fail(report, errno, 126, "exec: cannot execute", name);
  }
  for (char **entry = process->env; *entry != NULL; entry++)
    if (strncmp(*entry, "PATH=", 5) == 0)
      path = *entry + 5;
  while (name[0] != '\0') {
    const char *stop = strchr(path, ':');
    size_t length = stop != NULL ? (size_t)(stop - path) : strlen(path);

    if (length > 0 && path[0] == '/' && length + strlen(name) + 2 <= sizeof candidate) {
      const char *end = candidate + sizeof candidate;

      memcpy(candidate, path, length);
      candidate[length] = '\0';
      text_add(text_add(candidate + length, end, "/"), end, name);
      execve(candidate, process->argv, process->env);
      if (errno == EACCES)
        denied = EACCES;
      else if (errno != ENOENT && errno != ENOTDIR)
        child_fail(report, errno, 126, "exec: cannot execute", candidate);
    }
    if (stop == NULL)
      break;
    path = stop + 1;
  }
  if (denied != 0)
    child_fail(report, denied, 126, "exec: cannot execute", name);
  exec_missing(name, "\" not found in $PATH", report);
}

_Noreturn void process_exec(const struct process *process, int report)
{
  char cwd[PATH_MAX];
  sigset_t none;
  bool entered;

  sigemptyset(&none);
  (void)signal(SIGPIPE, SIG_DFL); /* ignored signals stay ignored over exec */
  (void)signal(SIGHUP, SIG_DFL);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
  (void)umask(0022);
  (void)syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL);
  limits_set();
  if (syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) < 0) /* 5.11; on 5.10 each fd, attacks A2 */
    for (int fd = 3; fd < 4096; fd++)
      (void)fcntl(fd, F_SETFD, FD_CLOEXEC);

  if (process->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    child_fail(report, errno, 0, "set", "no_new_privs");
  entered = chdir(process->cwd) == 0;
  if (!entered && errno != EACCES)
    child_fail(report, errno, 0, "enter the working directory", process->cwd);
  if (!process->no_new_privs)
    seccomp_load(process, report); /* needs CAP_SYS_ADMIN, which goes next */
  for (unsigned number = 0; number < 64; number++)
    if (!(process->capabilities >> number & 1) && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) < 0 && errno != EINVAL)
      child_fail(report, errno, 0, "drop", "a capability");
  become_user(process, report);
  if (!entered && chdir(process->cwd) < 0)
    child_fail(report, errno, 0, "enter the working directory", process->cwd);
  if (syscall(SYS_getcwd, cwd, sizeof cwd) < 0 || cwd[0] != '/') /* "(unreachable)": outside the root, attacks A2 */
    child_fail(report, errno, 0, "stay inside the root with working directory", process->cwd);
  if (capabilities_set(process->capabilities) < 0)
    child_fail(report, errno, 0, "set", "capabilities");
  if (process->no_new_privs)
    seccomp_load(process, report);
  exec_lookup(process, report);
}
