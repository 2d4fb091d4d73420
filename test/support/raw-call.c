/* call(number, ...arguments): the result of one system call, or minus its errno. For tests of the enclosure alone. */
#include <errno.h>
#include <node_api.h>
#include <unistd.h>

static napi_value js_call(napi_env env, napi_callback_info info)
{
  napi_value given[7], value;
  int64_t number[7] = {0};
  size_t count = 7;
  long result;

  if (napi_get_cb_info(env, info, &count, given, NULL, NULL) != napi_ok)
    return NULL;
  for (size_t at = 0; at < count; at++)
    if (napi_get_value_int64(env, given[at], &number[at]) != napi_ok)
      return NULL;
  result = syscall((long)number[0], number[1], number[2], number[3], number[4], number[5], number[6]);
  return napi_create_int64(env, result < 0 ? -errno : result, &value) == napi_ok ? value : NULL;
}

NAPI_MODULE_INIT()
{
  napi_value value;

  if (napi_create_function(env, "call", NAPI_AUTO_LENGTH, js_call, NULL, &value) != napi_ok ||
      napi_set_named_property(env, exports, "call", value) != napi_ok)
    return NULL;
  return exports;
}
