/* Connections of the daemon: accepting them, and frames on their way out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resident.h"

struct client clients[MAX_CLIENTS];
int listener = -1;

static void put(struct writer *to, const void *bytes, size_t length)
{
  if (to->length + length <= sizeof to->bytes) {
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
  }
}

void put_u32(struct writer *to, uint32_t value)
{
  put(to, &value, sizeof value);
}

void put_u64(struct writer *to, uint64_t value)
{
  put(to, &value, sizeof value);
}

void put_text(struct writer *to, const char *text)
{
  put_u32(to, (uint32_t)strlen(text) + 1);
  put(to, text, strlen(text) + 1);
}

void client_drop(struct client *client)
{
  exec_end(client);
  fd_close_owned(&client->fd);
  munmap(client->in, IN_CAPACITY);
  munmap(client->out, OUT_CAPACITY);
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].waiting == client - clients)
      containers[i].waiting = -1;
}

void client_flush(struct client *client)
{
  while (client->out_length > 0) {
    ssize_t sent = send(client->fd, client->out, client->out_length, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (sent < 0 && errno == EINTR)
      continue;
    if (sent < 0 && errno == EAGAIN)
      return;
    if (sent < 0) {
      client_drop(client);
      return;
    }
    client->out_length -= (size_t)sent;
    memmove(client->out, client->out + sent, client->out_length);
  }
}

/* A client that does not read its answers is dropped: it must not stall the pod. */
void frame_send(struct client *client, uint16_t type, uint32_t request, const void *payload, size_t length)
{
  uint32_t size = (uint32_t)length;
  uint16_t header[2] = {type, 0};

  if (client->fd < 0)
    return;
  if (client->out_length + FRAME_HEADER + length > OUT_CAPACITY) {
    client_drop(client);
    return;
  }
  memcpy(client->out + client->out_length, &size, 4);
  memcpy(client->out + client->out_length + 4, header, 4);
  memcpy(client->out + client->out_length + 8, &request, 4);
  if (length > 0)
    memcpy(client->out + client->out_length + FRAME_HEADER, payload, length);
  client->out_length += FRAME_HEADER + length;
  client_flush(client);
}

void answer_error(struct client *client, uint32_t request, int error, uint32_t exit_code, const char *text)
{
  struct writer out = {.length = 0};

  put_u32(&out, (uint32_t)error);
  put_u32(&out, exit_code);
  put_text(&out, text);
  frame_send(client, ANSWER_ERROR, request, out.bytes, out.length);
}

void client_add(int fd)
{
  for (int i = 0; i < MAX_CLIENTS; i++) {
    struct client *client = &clients[i];

    if (client->fd >= 0)
      continue;
    memset(client, 0, sizeof *client);
    client->report = client->stdin_fd = client->output[0] = client->output[1] = -1;
    client->in = pages_take(IN_CAPACITY);
    client->out = pages_take(OUT_CAPACITY);
    client->fd = client->in != NULL && client->out != NULL ? fd : -1;
    if (client->fd < 0)
      close(fd);
    return;
  }
  close(fd);
}

void client_accept(void)
{
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  struct ucred peer;
  socklen_t length = sizeof peer;

  if (fd < 0)
    return;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.uid != 0)
    close(fd);
  else
    client_add(fd);
}
