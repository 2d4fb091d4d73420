/*
 * Closes the process that loads it: no file, no network, no other process, and a last word that says how far the
 * author's program was when the process had to end. Called once the evaluator has read all it needs.
 */
#include <errno.h>
#include <linux/capability.h>
#include <node_api.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "walls.h"

/* The exit code that evaluate.ts knows. */
#define STOPPED 96

/* Where the program notes how far it is: one int32 of the guest's. It may be anything, and only ends up as a number. */
static const volatile int32_t *progress;
/* Of its own, because a program may have used up the thread's. */
static _Alignas(16) char signal_stack[16384];

static size_t decimal(char *out, uint32_t number)
{
  char digits[10];
  size_t count = 0;

  do
    digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  for (size_t at = 0; at < count; at++)
    out[at] = digits[count - 1 - at];
  return count;
}

/* One line on stderr, `infra-stopped SIGNAL CALL MARK`. Only what signal-safety(7) lists. */
static void last_word(int signal, siginfo_t *info, void *context)
{
  static const char word[] = "\ninfra-stopped ";
  const int32_t mark = *progress;
  char line[80];
  const char *call = signal == SIGSYS ? call_name(info->si_syscall) : "-";
  size_t length = sizeof word - 1;

  (void)context;
  memcpy(line, word, length);
  length += decimal(line + length, (uint32_t)signal);
  line[length++] = ' ';
  while (*call != '\0')
    line[length++] = *call++;
  line[length++] = ' ';
  length += decimal(line + length, mark < 0 ? 0 : (uint32_t)mark);
  line[length++] = '\n';
  _exit(write(STDERR_FILENO, line, length) < 0 ? STOPPED + 1 : STOPPED);
}

static int watch_deaths(double seconds)
{
  static const int deaths[] = {SIGSYS, SIGPROF, SIGABRT, SIGTRAP, SIGILL, SIGSEGV, SIGBUS};
  const struct sigaction action = {.sa_sigaction = last_word, .sa_flags = SA_SIGINFO | SA_ONSTACK};
  const stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
  const struct itimerval deadline = {
    .it_value = {.tv_sec = (time_t)seconds, .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)}};

  if (sigaltstack(&stack, NULL) < 0)
    return errno;
  for (size_t at = 0; at < sizeof deaths / sizeof *deaths; at++)
    if (sigaction(deaths[at], &action, NULL) < 0)
      return errno;
  return setitimer(ITIMER_PROF, &deadline, NULL) == 0 ? 0 : errno;
}

/* Of this thread and those it starts. */
static int drop_capabilities(void)
{
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

  return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

/*
 * Puts a page of a file in the place of a whole one within the memory: what is written there stays when this process is
 * killed. -1 where there is none, and then the memory is as it was.
 */
static ptrdiff_t share_page(char *memory, size_t bytes, int fd)
{
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  const size_t before = (page - (uintptr_t)memory % page) % page;
  void *shared;

  if (bytes < before + page)
    return -1;
  shared = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared == MAP_FAILED)
    return -1;
  if (mremap(shared, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, memory + before) != MAP_FAILED)
    return (ptrdiff_t)before;
  munmap(shared, page);
  return -1;
}

/*
 * share(room: Int32Array, descriptor: number): number. The index of the first element that the file's first bytes now
 * are; 0 where the file cannot be mapped. The descriptor is closed. The array has to live as long as the process.
 */
static napi_value js_share(napi_env env, napi_callback_info info)
{
  napi_typedarray_type type;
  napi_value arguments[2], index;
  size_t count = 2, length = 0;
  ptrdiff_t offset;
  void *room = NULL;
  int32_t fd;

  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 2 ||
      napi_get_typedarray_info(env, arguments[0], &type, &length, &room, NULL, NULL) != napi_ok ||
      type != napi_int32_array || napi_get_value_int32(env, arguments[1], &fd) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "share(room: Int32Array, descriptor)");
    return NULL;
  }
  offset = share_page(room, length * sizeof(int32_t), fd);
  close(fd);
  return napi_create_int32(env, offset < 0 ? 0 : (int32_t)((size_t)offset / sizeof(int32_t)), &index) == napi_ok
           ? index
           : NULL;
}

/*
 * watchDeaths(progress: Int32Array, seconds: number): void. From here on the process ends with a last word, at the
 * latest after so many seconds of processors. The array has to live as long as the process.
 */
static napi_value js_watch_deaths(napi_env env, napi_callback_info info)
{
  napi_typedarray_type type;
  napi_value arguments[2];
  double seconds;
  size_t count = 2, length = 0;
  void *cell = NULL;
  int error;

  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count != 2 ||
      napi_get_typedarray_info(env, arguments[0], &type, &length, &cell, NULL, NULL) != napi_ok ||
      type != napi_int32_array || length != 1 || napi_get_value_double(env, arguments[1], &seconds) != napi_ok ||
      !(seconds > 0 && seconds < 86400)) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "watchDeaths(progress: Int32Array(1), seconds)");
    return NULL;
  }
  progress = cell;
  error = watch_deaths(seconds);
  if (error != 0)
    napi_throw_error(env, NULL, strerror(error));
  return NULL;
}

static napi_value errno_value(napi_env env, int error)
{
  napi_value value;

  return napi_create_int32(env, error, &value) == napi_ok ? value : NULL;
}

/* forbidFiles(): number, 0 or the errno of the kernel's refusal. */
static napi_value js_forbid_files(napi_env env, napi_callback_info info)
{
  int error = drop_capabilities();

  (void)info;
  if (error == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    error = errno;
  return errno_value(env, error == 0 ? forbid_files() : error);
}

/* filterCalls(): number, 0 or the errno of the kernel's refusal. */
static napi_value js_filter_calls(napi_env env, napi_callback_info info)
{
  (void)info;
  return errno_value(env, filter_calls());
}

/* leave(): never. Nothing is flushed or taken down: the answer is written, and the kernel frees the rest faster. */
static napi_value js_leave(napi_env env, napi_callback_info info)
{
  (void)env;
  (void)info;
  _exit(0);
}

NAPI_MODULE_INIT()
{
  const napi_property_descriptor functions[] = {
    {.utf8name = "share", .method = js_share, .attributes = napi_default},
    {.utf8name = "watchDeaths", .method = js_watch_deaths, .attributes = napi_default},
    {.utf8name = "forbidFiles", .method = js_forbid_files, .attributes = napi_default},
    {.utf8name = "filterCalls", .method = js_filter_calls, .attributes = napi_default},
    {.utf8name = "leave", .method = js_leave, .attributes = napi_default},
  };

  if (napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) != napi_ok)
    return NULL;
  return exports;
}
