/* Locks on open files. Everything else about files is Node's own fs module. */
#include <errno.h>
#include <sys/file.h>

#include "native.h"

/* flockTry(fd): boolean. Takes an exclusive lock, or returns false when another open file holds it. */
static napi_value js_flock_try(napi_env env, napi_callback_info info)
{
  napi_value arg[1], result;
  size_t argc = 1;
  uint32_t fd = 0;
  bool taken;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_u32(env, arg[0], "fd", &fd))
    return NULL;
  taken = flock((int)fd, LOCK_EX | LOCK_NB) == 0;
  if (!taken && errno != EWOULDBLOCK)
    return throw_errno(env, errno, "flock", NULL);
  return napi_get_boolean(env, taken, &result) == napi_ok ? result : NULL;
}

napi_value register_file(napi_env env, napi_value exports)
{
  return export_function(env, exports, "flockTry", js_flock_try) ? exports : NULL;
}
