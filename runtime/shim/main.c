/*
 * The shim: one per pod, started by the daemon and outliving it.
 *
 * It owns the pod's network, IPC and UTS namespaces, starts the pod's containers in them, reaps them, writes their
 * logs and makes their exits durable before it tells anyone. It stays outside the pod's pid and mount namespaces and
 * serves one unix socket in the sandbox's run folder, its working directory. It ends when told to (SHUTDOWN), or
 * when the daemon that started it goes away before the sandbox was set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "kernel.h"
#include "resident.h"

#define FIRST_CONNECTION 3

static bool set_up;
static int shutdown_client = -1;
static uint32_t shutdown_request;

static void handle_setup(struct client *client, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  const char *hostname = read_text(&from), *step = NULL;
  char **cgroups = read_list(&from), **sysctls = read_list(&from);
  uint32_t kind = read_u32(&from);
  bool own = kind != NETWORK_HOST, linked = kind == NETWORK_LINK;
  struct network network = {0};
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "shim.sock"};
  OWNED_FD host = -1;

  if (linked) {
    network.address = read_u32(&from);
    network.gateway = read_u32(&from);
    network.link = read_text(&from);
    if (!from.bad && from.end - from.at >= 12) {
      memcpy(network.host_mac, from.at, 6);
      memcpy(network.pod_mac, from.at + 6, 6);
    } else {
      from.bad = true;
    }
  }
  if (from.bad || set_up || (linked && strlen(network.link) > 15)) {
    answer_error(client, request, EPROTO, 0, "malformed set-up");
    return;
  }
  if (cgroup_join(cgroups) < 0)
    step = "join the shim's cgroup";
  else if (linked && (host = network_host_socket()) < 0)
    step = "open a netlink socket";
  /* A pod on the host's network keeps the host's name too. */
  else if (unshare(CLONE_NEWIPC | (own ? CLONE_NEWNET | CLONE_NEWUTS : 0)) < 0)
    step = "unshare namespaces";
  else if (own && sethostname(hostname, strlen(hostname)) < 0)
    step = "set the hostname";
  else if (linked && network_build(host, &network, &step) < 0)
    (void)step;
  else if (kind == NETWORK_NONE && network_loopback() < 0)
    step = "bring the loopback link up";
  else
    step = NULL;
  for (size_t i = 0; step == NULL && sysctls[i] != NULL && sysctls[i + 1] != NULL; i += 2)
    if (write_file(sysctls[i], sysctls[i + 1]) < 0)
      step = sysctls[i];
  if (step == NULL) {
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 ||
        chmod("shim.sock", 0600) < 0 || listen(listener, 16) < 0)
      step = "listen on the socket";
  }
  if (step != NULL) {
    answer_error(client, request, errno, 0, step);
    return;
  }
  set_up = true;
  client->events = true;
  frame_send(client, ANSWER_OK, request, NULL, 0);
}

static void handle_shutdown(struct client *client, uint32_t request)
{
  shutdown_client = (int)(client - clients);
  shutdown_request = request;
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].pidfd >= 0)
      (void)k_pidfd_send_signal(containers[i].pidfd, SIGKILL);
}

static void handle_named(struct client *client, uint16_t type, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  const char *name = read_text(&from);
  struct container *c = from.bad ? NULL : container_find(name);
  uint32_t number = type == REQUEST_KILL ? read_u32(&from) : 0;

  if (from.bad || number > 64)
    answer_error(client, request, EPROTO, 0, "malformed request");
  else if (c == NULL)
    answer_error(client, request, ENOENT, 0, "no such container");
  else if (type == REQUEST_START)
    handle_start(client, request, c);
  else if (type == REQUEST_KILL)
    handle_kill(client, request, c, number);
  else if (type == REQUEST_REMOVE)
    handle_remove(client, request, c);
  else
    handle_reopen(client, request, c);
}

/* False when the frame must wait for the process to take its input. */
static bool handle_frame(struct client *client, uint16_t type, uint32_t request, char *payload, size_t *length)
{
  switch (type) {
  case REQUEST_SETUP:
    handle_setup(client, request, payload, *length);
    return true;
  case REQUEST_CREATE:
    handle_create(client, request, payload, *length);
    return true;
  case REQUEST_START:
  case REQUEST_KILL:
  case REQUEST_REMOVE:
  case REQUEST_REOPEN:
    handle_named(client, type, request, payload, *length);
    return true;
  case REQUEST_LIST:
    handle_list(client, request);
    return true;
  case REQUEST_SHUTDOWN:
    handle_shutdown(client, request);
    return true;
  case REQUEST_EXEC:
    handle_exec(client, request, payload, *length);
    return true;
  case REQUEST_STDIN:
    while (*length > 0 && client->stdin_fd >= 0) {
      ssize_t wrote = write(client->stdin_fd, payload, *length);

      if (wrote < 0 && errno == EAGAIN)
        return false;
      if (wrote < 0) {
        fd_close_owned(&client->stdin_fd); /* the process closed its end */
        break;
      }
      *length -= (size_t)wrote;
      memmove(payload, payload + wrote, *length);
    }
    return client->report < 0 || client->stdin_fd >= 0 || !client->tty; /* a terminal may still be on its way */
  case REQUEST_STDIN_END:
    if (!client->tty)
      fd_close_owned(&client->stdin_fd);
    return true;
  case REQUEST_RESIZE:
    handle_resize(client, payload, *length);
    return true;
  case REQUEST_EXEC_KILL:
    if (client->pid > 0)
      (void)kill(client->pid, SIGKILL); /* not reaped, so still ours */
    return true;
  default:
    answer_error(client, request, ENOSYS, 0, "unknown request");
    return true;
  }
}

static void client_frames(struct client *client)
{
  while (client->fd >= 0 && client->in_length >= FRAME_HEADER) {
    uint32_t size, request;
    uint16_t type;
    size_t left, whole;

    memcpy(&size, client->in, 4);
    memcpy(&type, client->in + 4, 2);
    memcpy(&request, client->in + 8, 4);
    if (size > FRAME_MAX) {
      client_drop(client);
      return;
    }
    whole = FRAME_HEADER + (size_t)size;
    if (client->in_length < whole)
      return;
    left = size;
    if (!handle_frame(client, type, request, client->in + FRAME_HEADER, &left)) {
      size_t taken = size - left; /* keep the rest of this frame at the front */

      memmove(client->in + FRAME_HEADER + left, client->in + whole, client->in_length - whole);
      client->in_length -= taken;
      size = (uint32_t)left;
      memcpy(client->in, &size, 4);
      return;
    }
    if (client->fd < 0)
      return;
    client->in_length -= whole;
    memmove(client->in, client->in + whole, client->in_length);
  }
  if (client->fd >= 0 && client->in_length == 0)
    (void)madvise(client->in, IN_CAPACITY, MADV_DONTNEED);
}

static void client_read(struct client *client)
{
  ssize_t got = recv(client->fd, client->in + client->in_length, IN_CAPACITY - client->in_length, MSG_DONTWAIT);

  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0) {
    client_drop(client);
    if (!set_up)
      _exit(0); /* nobody knows of us yet */
    return;
  }
  client->in_length += (size_t)got;
  client_frames(client);
}

static void reap(void)
{
  int status;
  pid_t pid;

  for (int i = 0; i < MAX_CLIENTS; i++) /* a helper names its child before that child may exit */
    if (clients[i].fd >= 0 && clients[i].report >= 0)
      exec_report(&clients[i]);
  while ((pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
    for (int i = 0; i < MAX_CONTAINERS; i++)
      if ((containers[i].phase == PHASE_STARTING || containers[i].phase == PHASE_RUNNING) && containers[i].pid == pid)
        container_exited(&containers[i], status);
    for (int i = 0; i < MAX_CLIENTS; i++)
      if (clients[i].fd >= 0 && clients[i].exec && clients[i].pid == pid) {
        exec_report(&clients[i]);
        clients[i].pid = 0;
        clients[i].status = status;
        clients[i].exec_ended = true;
      }
  }
}

static void shutdown_when_empty(void)
{
  if (shutdown_client < 0)
    return;
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].phase == PHASE_STARTING || containers[i].phase == PHASE_RUNNING)
      return;
  /* Whoever asked may be gone; the containers are, so the shim goes too. */
  frame_send(&clients[shutdown_client], ANSWER_OK, shutdown_request, NULL, 0);
  _exit(0);
}

#define POLLED (2 + MAX_CLIENTS * 5 + MAX_CONTAINERS * 3)

static void loop(int signals)
{
  static struct pollfd polled[POLLED];

  for (;;) {
    struct signalfd_siginfo ignored;
    nfds_t count = 0;

#define WATCH(descriptor, wanted) polled[count++] = (struct pollfd){.fd = (descriptor), .events = (wanted)}
    WATCH(signals, POLLIN);
    WATCH(listener, POLLIN);
    for (int i = 0; i < MAX_CLIENTS; i++) {
      const struct client *c = &clients[i];
      bool stalled = c->in_length >= FRAME_HEADER; /* a whole frame waits for its process */

      if (c->fd < 0)
        continue;
      WATCH(c->fd, (short)((stalled && c->stdin_fd >= 0 && c->exec && c->in_length == IN_CAPACITY ? 0 : POLLIN) |
                           (c->out_length > 0 ? POLLOUT : 0)));
      WATCH(c->report, POLLIN);
      WATCH(stalled ? c->stdin_fd : -1, POLLOUT);
      WATCH(c->out_length == 0 ? c->output[0] : -1, POLLIN);
      WATCH(c->out_length == 0 ? c->output[1] : -1, POLLIN);
    }
    for (int i = 0; i < MAX_CONTAINERS; i++) {
      if (containers[i].phase == PHASE_FREE)
        continue;
      WATCH(containers[i].report, POLLIN);
      WATCH(containers[i].output[0].fd, POLLIN);
      WATCH(containers[i].output[1].fd, POLLIN);
    }
#undef WATCH
    if (poll(polled, count, -1) < 0 && errno != EINTR)
      _exit(1);

    /* Non-blocking reads find out what is ready: simpler than matching slots that a handler may have freed. */
    for (int i = 0; i < MAX_CONTAINERS; i++) {
      struct container *c = &containers[i];

      if (c->phase == PHASE_FREE)
        continue;
      container_report(c);
      for (int s = 0; s < 2; s++)
        if (c->output[s].fd >= 0)
          (void)stream_pump(&c->output[s], c->log);
    }
    if (read(signals, &ignored, sizeof ignored) > 0)
      reap();
    for (int i = 0; i < MAX_CLIENTS; i++) {
      struct client *c = &clients[i];

      if (c->fd >= 0 && c->out_length > 0)
        client_flush(c);
      if (c->fd >= 0)
        exec_report(c);
      for (int s = 0; s < 2; s++)
        if (c->fd >= 0)
          exec_pump(c, s);
      exec_finish(c);
      if (c->fd >= 0 && c->in_length > 0)
        client_frames(c);
      if (c->fd >= 0 && c->in_length < IN_CAPACITY)
        client_read(c);
    }
    if (listener >= 0)
      client_accept();
    shutdown_when_empty();
  }
}

int main(void)
{
  sigset_t child;
  int signals;

  for (int i = 0; i < MAX_CLIENTS; i++) {
    clients[i].fd = -1;
  }
  for (int i = 0; i < MAX_CONTAINERS; i++)
    container_reset(&containers[i]);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)signal(SIGHUP, SIG_IGN);
  (void)umask(0027);
  (void)write_file("/proc/self/oom_score_adj", "-998"); /* best effort: needs CAP_SYS_RESOURCE */
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  if (fcntl(FIRST_CONNECTION, F_SETFD, FD_CLOEXEC) < 0 || sigprocmask(SIG_BLOCK, &child, NULL) < 0 ||
      (signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
    return 1;
  client_add(FIRST_CONNECTION);
  loop(signals);
}
