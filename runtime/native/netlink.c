/*
 * Netlink sockets: open, and one request with all its answers.
 *
 * Messages are built and parsed in TypeScript (runtime/network/netlink); here they are bytes. The kernel handles a
 * request inside sendmsg and queues every answer before it returns (a dump goes on at each recv), so "nothing more
 * to read" means the answer is complete.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "native.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

#define ANSWER_CHUNK (256 * 1024)      /* larger than any one datagram the kernel sends */
#define ANSWER_MAX (64 * 1024 * 1024)  /* a dump beyond this is refused: ENOBUFS */
#define SOCKET_BUFFER (16 * 1024 * 1024)

/* netlinkOpen(protocol): fd */
static napi_value js_netlink_open(napi_env env, napi_callback_info info)
{
  napi_value arg[1], result;
  size_t argc = 1;
  uint32_t protocol = 0;
  int one = 1, size = SOCKET_BUFFER, fd;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok ||
      !arg_u32(env, arg[0], "protocol", &protocol))
    return NULL;

  fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, (int)protocol);
  if (fd < 0)
    return throw_errno(env, errno, "socket", NULL);

  /* Best effort: the FORCE forms need CAP_NET_ADMIN, and the defaults still carry small batches. */
  (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  (void)setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);

  if (napi_create_int32(env, fd, &result) != napi_ok) {
    close(fd);
    return NULL;
  }
  return result;
}

/* One request on its way through the thread pool. */
struct transaction {
  napi_async_work work;
  napi_deferred deferred;
  int fd;
  uint8_t *request;
  size_t request_length;
  uint8_t *answer;
  size_t answer_length;
  int error; /* 0 or an errno */
  const char *syscall;
};

static void transaction_free(napi_env env, struct transaction *t)
{
  if (t->work)
    napi_delete_async_work(env, t->work);
  free(t->request);
  free(t->answer);
  free(t);
}

/* Runs on a pool thread: no Node-API here. */
static void transaction_run(napi_env env, void *data)
{
  struct transaction *t = data;
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  size_t capacity = 0;
  ssize_t sent;

  (void)env;
  do
    sent = sendto(t->fd, t->request, t->request_length, 0, (struct sockaddr *)&kernel, sizeof kernel);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) {
    t->error = errno;
    t->syscall = "sendto";
    return;
  }

  for (;;) {
    ssize_t got;

    if (capacity - t->answer_length < ANSWER_CHUNK) {
      size_t larger = capacity ? capacity * 2 : 2 * ANSWER_CHUNK;
      uint8_t *grown = larger <= ANSWER_MAX ? realloc(t->answer, larger) : NULL;

      if (!grown) {
        t->error = ENOBUFS;
        t->syscall = "recv";
        return;
      }
      t->answer = grown;
      capacity = larger;
    }
    got = recv(t->fd, t->answer + t->answer_length, capacity - t->answer_length, MSG_DONTWAIT);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0) {
      if (errno != EAGAIN) {
        t->error = errno;
        t->syscall = "recv";
      }
      return;
    }
    t->answer_length += (size_t)got;
  }
}

static void transaction_done(napi_env env, napi_status status, void *data)
{
  struct transaction *t = data;
  napi_value value;

  if (status == napi_cancelled) {
    t->error = ECANCELED;
    t->syscall = "sendto";
  }
  if (t->error) {
    value = make_errno(env, t->error, t->syscall, NULL);
    if (value)
      napi_reject_deferred(env, t->deferred, value);
  } else if (napi_create_buffer_copy(env, t->answer_length, t->answer, NULL, &value) == napi_ok) {
    napi_resolve_deferred(env, t->deferred, value);
  }
  transaction_free(env, t);
}

/* netlinkTransact(fd, request: Buffer): Promise<Buffer>. One at a time for each socket: the caller's duty. */
static napi_value js_netlink_transact(napi_env env, napi_callback_info info)
{
  napi_value arg[2], name, promise;
  size_t argc = 2, length = 0;
  uint32_t fd = 0;
  void *bytes = NULL;
  struct transaction *t;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_u32(env, arg[0], "fd", &fd))
    return NULL;
  if (napi_get_buffer_info(env, arg[1], &bytes, &length) != napi_ok) {
    napi_throw_type_error(env, NULL, "request must be a Buffer");
    return NULL;
  }

  t = calloc(1, sizeof *t);
  if (!t)
    return throw_errno(env, ENOMEM, "malloc", NULL);
  t->fd = (int)fd;
  t->request_length = length;
  t->request = malloc(length ? length : 1);
  if (!t->request) {
    transaction_free(env, t);
    return throw_errno(env, ENOMEM, "malloc", NULL);
  }
  memcpy(t->request, bytes, length);

  if (napi_create_promise(env, &t->deferred, &promise) != napi_ok ||
      napi_create_string_utf8(env, "netlinkTransact", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, NULL, name, transaction_run, transaction_done, t, &t->work) != napi_ok ||
      napi_queue_async_work(env, t->work) != napi_ok) {
    transaction_free(env, t);
    napi_throw_error(env, NULL, "Cannot queue a netlink request");
    return NULL;
  }
  return promise;
}

/* netlinkClose(fd): void */
static napi_value js_netlink_close(napi_env env, napi_callback_info info)
{
  napi_value arg[1];
  size_t argc = 1;
  uint32_t fd = 0;

  if (napi_get_cb_info(env, info, &argc, arg, NULL, NULL) != napi_ok || !arg_u32(env, arg[0], "fd", &fd))
    return NULL;
  close((int)fd); /* EINTR is not retried: the number is already free, close(2) */
  return NULL;
}

napi_value register_netlink(napi_env env, napi_value exports)
{
  const napi_property_descriptor functions[] = {
      {"netlinkOpen", NULL, js_netlink_open, NULL, NULL, NULL, napi_default, NULL},
      {"netlinkTransact", NULL, js_netlink_transact, NULL, NULL, NULL, napi_default, NULL},
      {"netlinkClose", NULL, js_netlink_close, NULL, NULL, NULL, napi_default, NULL},
  };

  if (napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions) != napi_ok)
    return NULL;
  return exports;
}
