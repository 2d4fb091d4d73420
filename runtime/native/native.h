/* What every file of the addon shares: argument checks, errors, and one register function for each family. */
#ifndef INFRA_NATIVE_H
#define INFRA_NATIVE_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each throws a TypeError that names the argument and returns false when the value does not fit. */
bool arg_text(napi_env env, napi_value value, const char *name, char *out, size_t capacity);
bool arg_u32(napi_env env, napi_value value, const char *name, uint32_t *out);

/* An Error with plain `syscall`, `errno` (negative, as Node has it) and `path`; NULL when even that failed. */
napi_value make_errno(napi_env env, int error, const char *syscall, const char *path);
/* Throws it; always returns NULL, so that a caller can return it. */
napi_value throw_errno(napi_env env, int error, const char *syscall, const char *path);

/* Adds one function to `exports`. */
bool export_function(napi_env env, napi_value exports, const char *name, napi_callback function);

/* One for each syscall family; NULL when an exception is pending. */
napi_value register_file(napi_env env, napi_value exports);
napi_value register_netlink(napi_env env, napi_value exports);
napi_value register_process(napi_env env, napi_value exports);
napi_value register_xattr(napi_env env, napi_value exports);

#endif
