/* Starting the shim without copying Node's page tables, and reaping it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "native.h"

#define CHILD_STACK (64 * 1024)
#define SHIM_SOCKET 3 /* where the shim finds its first connection */

struct child_plan {
  const char *path;
  const char *folder;
  char *const *argv;
  int socket;
  int error; /* written by the child: the memory is shared until exec */
};

/* CHILD CODE: shares memory with Node (CLONE_VM), whose other threads run on. Only calls in signal-safety(7). */
static int child_main(void *data)
{
  struct child_plan *plan = data;
  char *const no_environment[] = {NULL}; /* the daemon's may hold secrets: attacks C14 */
  sigset_t none;
  int devnull;

  for (int number = 1; number < NSIG; number++)
    (void)signal(number, SIG_DFL); /* KILL and STOP refuse, libc's own numbers too */
  sigemptyset(&none);
  devnull = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (devnull < 0 || setsid() < 0 || chdir(plan->folder) < 0)
    goto fail;
  /* A source that already has the wanted number would keep its close-on-exec flag: move it away first. */
  if (plan->socket <= SHIM_SOCKET && (plan->socket = fcntl(plan->socket, F_DUPFD_CLOEXEC, SHIM_SOCKET + 1)) < 0)
    goto fail;
  if (dup2(plan->socket, SHIM_SOCKET) < 0)
    goto fail;
  for (int fd = 0; fd < 3; fd++)
    if (devnull == fd ? fcntl(fd, F_SETFD, 0) < 0 : dup2(devnull, fd) < 0)
      goto fail;
  (void)syscall(SYS_close_range, SHIM_SOCKET + 1, ~0U, 4 /* CLOSE_RANGE_CLOEXEC; the shim closes them on 5.10 */);
  (void)sigprocmask(SIG_SETMASK, &none, NULL);
  execve(plan->path, plan->argv, no_environment);
fail:
  plan->error = errno;
  _exit(127);
}
/* END CHILD CODE */

/*
 * spawnShim(path, folder, id): { pid, fd }
 * The child runs in `folder`, in a session of its own, with an empty environment, /dev/null as 0 to 2 and one end of
 * a stream socket as 3; `fd` is the other end. Returns once exec succeeded.
 */
static napi_value js_spawn_shim(napi_env env, napi_callback_info info)
{
  napi_value arg[3], result, pid_value, fd_value;
  size_t argc = 3;
  char path[PATH_MAX], folder[PATH_MAX], id[256], name[] = "infra-shim";
  char *argv[] = {name, id, NULL};
  struct child_plan plan = {.path = path, .folder = folder, .argv = argv};
  int pair[2], error = 0;
  sigset_t all, before;
  char *stack;
  pid_t pid;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok ||
      !arg_text(env, arg[0], "path", path, sizeof path) ||
      !arg_text(env, arg[1], "folder", folder, sizeof folder) || !arg_text(env, arg[2], "id", id, sizeof id))
    return NULL;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
    return throw_errno(env, errno, "socketpair", NULL);
  stack = mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) {
    error = errno;
    close(pair[0]);
    close(pair[1]);
    return throw_errno(env, error, "mmap", NULL);
  }

  plan.socket = pair[1];
  sigfillset(&all); /* a handler of Node's must not run in the child, on Node's memory */
  (void)pthread_sigmask(SIG_SETMASK, &all, &before);
  pid = clone(child_main, stack + CHILD_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, &plan);
  if (pid < 0)
    error = errno;
  (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  munmap(stack, CHILD_STACK);
  close(pair[1]);
  if (pid > 0 && plan.error != 0) {
    (void)waitpid(pid, NULL, 0);
    error = plan.error;
  }
  if (error != 0) {
    close(pair[0]);
    return throw_errno(env, error, "execve", path);
  }

  if (napi_create_object(env, &result) != napi_ok || napi_create_int32(env, pid, &pid_value) != napi_ok ||
      napi_create_int32(env, pair[0], &fd_value) != napi_ok ||
      napi_set_named_property(env, result, "pid", pid_value) != napi_ok ||
      napi_set_named_property(env, result, "fd", fd_value) != napi_ok) {
    close(pair[0]);
    return NULL;
  }
  return result;
}

/* reap(pid): boolean. True once the child is gone or never was ours; false while it still runs. */
static napi_value js_reap(napi_env env, napi_callback_info info)
{
  napi_value arg[1], result;
  size_t argc = 1;
  uint32_t pid = 0;
  pid_t got;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_u32(env, arg[0], "pid", &pid))
    return NULL;
  if (pid == 0 || pid > INT32_MAX) /* 0 and negative numbers mean whole groups to waitpid */
    return throw_errno(env, EINVAL, "waitpid", NULL);
  got = waitpid((pid_t)pid, NULL, WNOHANG);
  if (got < 0 && errno != ECHILD)
    return throw_errno(env, errno, "waitpid", NULL);
  return napi_get_boolean(env, got != 0, &result) == napi_ok ? result : NULL;
}

napi_value register_process(napi_env env, napi_value exports)
{
  return export_function(env, exports, "spawnShim", js_spawn_shim) && export_function(env, exports, "reap", js_reap)
           ? exports
           : NULL;
}
