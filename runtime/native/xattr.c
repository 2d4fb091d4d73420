/* What a layer needs beyond Node's fs module: extended attributes, device nodes, and a sync of one filesystem. Paths
   are bytes, not text: a file name in a layer need not be UTF-8. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "native.h"

enum { name_capacity = XATTR_NAME_MAX + 1 };

static bool arg_path(napi_env env, napi_value value, char out[PATH_MAX])
{
  void *data = NULL;
  size_t length = 0;
  bool is_buffer = false;

  if (napi_is_buffer(env, value, &is_buffer) != napi_ok || !is_buffer ||
      napi_get_buffer_info(env, value, &data, &length) != napi_ok || length == 0 || length >= PATH_MAX ||
      memchr(data, 0, length) != NULL) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "path");
    return false;
  }
  memcpy(out, data, length);
  out[length] = '\0';
  return true;
}

/* getXattr(path, name): Buffer | undefined. lgetxattr(2); undefined when there is none. */
static napi_value js_get_xattr(napi_env env, napi_callback_info info)
{
  static const size_t capacity = XATTR_SIZE_MAX;
  napi_value arg[2], result = NULL;
  size_t argc = 2;
  char path[PATH_MAX], name[name_capacity];
  char *value;
  ssize_t size;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_path(env, arg[0], path) ||
      !arg_text(env, arg[1], "name", name, sizeof name))
    return NULL;
  value = malloc(capacity);
  if (value == NULL)
    return throw_errno(env, ENOMEM, "lgetxattr", path);
  size = lgetxattr(path, name, value, capacity);
  if (size >= 0)
    napi_create_buffer_copy(env, (size_t)size, value, NULL, &result);
  else if (errno == ENODATA || errno == EOPNOTSUPP)
    napi_get_undefined(env, &result);
  else
    throw_errno(env, errno, "lgetxattr", path);
  free(value);
  return result;
}

/* setXattr(path, name, value): void. lsetxattr(2). */
static napi_value js_set_xattr(napi_env env, napi_callback_info info)
{
  napi_value arg[3];
  size_t argc = 3, length = 0;
  char path[PATH_MAX], name[name_capacity];
  void *value = NULL;
  bool is_buffer = false;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_path(env, arg[0], path) ||
      !arg_text(env, arg[1], "name", name, sizeof name))
    return NULL;
  if (napi_is_buffer(env, arg[2], &is_buffer) != napi_ok || !is_buffer ||
      napi_get_buffer_info(env, arg[2], &value, &length) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", "value");
    return NULL;
  }
  if (lsetxattr(path, name, value, length, 0) < 0)
    return throw_errno(env, errno, "lsetxattr", path);
  return NULL;
}

/* listXattrs(path): string[]. llistxattr(2); empty where the filesystem has none. */
static napi_value js_list_xattrs(napi_env env, napi_callback_info info)
{
  static const size_t capacity = XATTR_LIST_MAX;
  napi_value arg[1], result = NULL, text;
  size_t argc = 1;
  char path[PATH_MAX];
  char *names;
  ssize_t size;
  uint32_t index = 0;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_path(env, arg[0], path))
    return NULL;
  names = malloc(capacity);
  if (names == NULL)
    return throw_errno(env, ENOMEM, "llistxattr", path);
  size = llistxattr(path, names, capacity);
  if (size < 0 && errno == EOPNOTSUPP)
    size = 0;
  if (size < 0) {
    throw_errno(env, errno, "llistxattr", path);
  } else if (napi_create_array(env, &result) == napi_ok) {
    for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1)
      if (napi_create_string_utf8(env, names + at, NAPI_AUTO_LENGTH, &text) != napi_ok ||
          napi_set_element(env, result, index++, text) != napi_ok)
        break;
  }
  free(names);
  return result;
}

/* makeNode(path, mode, major, minor): void. mknod(2); `mode` holds the type. */
static napi_value js_make_node(napi_env env, napi_callback_info info)
{
  napi_value arg[4];
  size_t argc = 4;
  char path[PATH_MAX];
  uint32_t mode = 0, major_number = 0, minor_number = 0;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_path(env, arg[0], path) ||
      !arg_u32(env, arg[1], "mode", &mode) || !arg_u32(env, arg[2], "major", &major_number) ||
      !arg_u32(env, arg[3], "minor", &minor_number))
    return NULL;
  if (mknod(path, mode, makedev(major_number, minor_number)) < 0)
    return throw_errno(env, errno, "mknod", path);
  return NULL;
}

struct sync_work {
  napi_async_work work;
  napi_deferred deferred;
  int fd, error;
};

static void sync_execute(napi_env env, void *data)
{
  struct sync_work *sync = data;

  (void)env;
  sync->error = syncfs(sync->fd) < 0 ? errno : 0;
}

static void sync_complete(napi_env env, napi_status status, void *data)
{
  struct sync_work *sync = data;
  napi_value value = NULL;

  if (status == napi_ok && sync->error == 0 && napi_get_undefined(env, &value) == napi_ok)
    napi_resolve_deferred(env, sync->deferred, value);
  else
    napi_reject_deferred(env, sync->deferred,
                         make_errno(env, sync->error == 0 ? ECANCELED : sync->error, "syncfs", NULL));
  napi_delete_async_work(env, sync->work);
  free(sync);
}

/* syncFilesystem(fd): Promise<void>. syncfs(2) of the filesystem that holds `fd`, which stays open until then. */
static napi_value js_sync_filesystem(napi_env env, napi_callback_info info)
{
  napi_value arg[1], name, promise = NULL;
  size_t argc = 1;
  uint32_t fd = 0;
  struct sync_work *sync;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_u32(env, arg[0], "fd", &fd))
    return NULL;
  sync = calloc(1, sizeof *sync);
  if (sync == NULL)
    return throw_errno(env, ENOMEM, "syncfs", NULL);
  sync->fd = (int)fd;
  if (napi_create_string_utf8(env, "syncfs", NAPI_AUTO_LENGTH, &name) == napi_ok &&
      napi_create_async_work(env, NULL, name, sync_execute, sync_complete, sync, &sync->work) == napi_ok &&
      napi_create_promise(env, &sync->deferred, &promise) == napi_ok &&
      napi_queue_async_work(env, sync->work) == napi_ok)
    return promise;
  if (sync->work != NULL)
    napi_delete_async_work(env, sync->work);
  free(sync);
  return throw_errno(env, ENOMEM, "syncfs", NULL);
}

napi_value register_xattr(napi_env env, napi_value exports)
{
  return export_function(env, exports, "getXattr", js_get_xattr) &&
                 export_function(env, exports, "setXattr", js_set_xattr) &&
                 export_function(env, exports, "listXattrs", js_list_xattrs) &&
                 export_function(env, exports, "makeNode", js_make_node) &&
                 export_function(env, exports, "syncFilesystem", js_sync_filesystem)
             ? exports
             : NULL;
}
