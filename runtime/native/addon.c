/* Entry of the addon: one function, one system call, no policy. Meaning is given in runtime/kernel. */
#include <string.h>

#include "native.h"

bool arg_text(napi_env env, napi_value value, const char *name, char *out, size_t capacity)
{
  size_t length = 0;

  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= capacity ||
      napi_get_value_string_utf8(env, value, out, capacity, &length) != napi_ok ||
      strlen(out) != length) { /* a NUL inside would silently shorten the path */
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", name);
    return false;
  }
  return true;
}

bool arg_u32(napi_env env, napi_value value, const char *name, uint32_t *out)
{
  double number = -1;

  if (napi_get_value_double(env, value, &number) != napi_ok || !(number >= 0 && number <= UINT32_MAX)) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", name);
    return false;
  }
  *out = (uint32_t)number;
  return true;
}

napi_value make_errno(napi_env env, int error, const char *syscall, const char *path)
{
  napi_value message, result, number, text;

  if (napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &message) != napi_ok ||
      napi_create_error(env, NULL, message, &result) != napi_ok ||
      napi_create_int32(env, -error, &number) != napi_ok ||
      napi_set_named_property(env, result, "errno", number) != napi_ok ||
      napi_set_named_property(env, result, "syscall", message) != napi_ok)
    return NULL;
  if (path != NULL && (napi_create_string_utf8(env, path, NAPI_AUTO_LENGTH, &text) != napi_ok ||
                       napi_set_named_property(env, result, "path", text) != napi_ok))
    return NULL;
  return result;
}

napi_value throw_errno(napi_env env, int error, const char *syscall, const char *path)
{
  napi_value value = make_errno(env, error, syscall, path);

  if (value != NULL)
    napi_throw(env, value);
  return NULL;
}

bool export_function(napi_env env, napi_value exports, const char *name, napi_callback function)
{
  napi_value value;

  return napi_create_function(env, name, NAPI_AUTO_LENGTH, function, NULL, &value) == napi_ok &&
         napi_set_named_property(env, exports, name, value) == napi_ok;
}

NAPI_MODULE_INIT()
{
  if (register_file(env, exports) == NULL || register_netlink(env, exports) == NULL ||
      register_process(env, exports) == NULL || register_xattr(env, exports) == NULL)
    return NULL;
  return exports;
}
