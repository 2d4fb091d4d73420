/*
 * The shim: one per pod, started by the daemon and outliving it.
 *
 * It owns the pod's network, IPC and UTS namespaces, starts the pod's containers in them, reaps them, writes their
 * logs and makes their exits durable before it tells anyone. It stays outside the pod's pid and mount namespaces and
 * serves one unix socket in the sandbox's run folder, its working directory. It ends when told to (SHUTDOWN), or
 * when the daemon that started it goes away before the sandbox was set up.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h> /* rename only */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "kernel.h"
#include "protocol.h"
#include "shim.h"

#define FIRST_CONNECTION 3
#define MAX_CLIENTS 64
#define MAX_CONTAINERS 64
#define NAME_LENGTH 128
#define OUT_CAPACITY 65536
#define IN_CAPACITY (FRAME_HEADER + FRAME_MAX)

struct client {
  int fd; /* -1: free */
  char *in;
  size_t in_length;
  char *out;
  size_t out_length;
  bool events;
  /* The process this connection belongs to, once EXEC was accepted. */
  bool exec;
  bool exec_ended;
  pid_t helper;
  pid_t pid;
  int status;
  int report;
  uint32_t request;
  int stdin_fd;
  int output[2];
  bool tty;
};

enum phase { PHASE_FREE, PHASE_CREATED, PHASE_STARTING, PHASE_RUNNING, PHASE_EXITED };

struct container {
  enum phase phase;
  char name[NAME_LENGTH];
  char *spec; /* the CREATE payload, until started */
  size_t spec_length;
  uint32_t flags;
  int log;
  char log_path[256];
  char oom_file[256];
  pid_t pid;
  int pidfd;
  int report;
  int stdin_fd;
  struct stream output[2];
  int waiting; /* client to answer START, or -1 */
  uint32_t request;
  uint64_t started_ms;
  uint64_t finished_ms;
  uint32_t code;
  uint32_t signal;
  bool oom_killed;
};

static struct client clients[MAX_CLIENTS];
static struct container containers[MAX_CONTAINERS];
static bool set_up;
static int listener = -1;
static int shutdown_client = -1;
static uint32_t shutdown_request;

static void fd_drop(int *fd)
{
  fd_close_owned(fd);
}

/* Frames out. */

struct writer {
  char bytes[512];
  size_t length;
};

static void put(struct writer *to, const void *bytes, size_t length)
{
  if (to->length + length <= sizeof to->bytes) {
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
  }
}

static void put_u32(struct writer *to, uint32_t value)
{
  put(to, &value, sizeof value);
}

static void put_u64(struct writer *to, uint64_t value)
{
  put(to, &value, sizeof value);
}

static void put_text(struct writer *to, const char *text)
{
  put_u32(to, (uint32_t)strlen(text) + 1);
  put(to, text, strlen(text) + 1);
}

static void exec_end(struct client *client)
{
  if (client->pid > 0)
    (void)kill(client->pid, SIGKILL);
  fd_drop(&client->report);
  fd_drop(&client->stdin_fd);
  fd_drop(&client->output[0]);
  fd_drop(&client->output[1]);
}

static void client_drop(struct client *client)
{
  exec_end(client);
  fd_drop(&client->fd);
  munmap(client->in, IN_CAPACITY);
  munmap(client->out, OUT_CAPACITY);
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].waiting == client - clients)
      containers[i].waiting = -1;
  if (shutdown_client == client - clients)
    shutdown_client = -1;
}

static void client_flush(struct client *client)
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
static void frame_send(struct client *client, uint16_t type, uint32_t request, const void *payload, size_t length)
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

static void answer_error(struct client *client, uint32_t request, int error, uint32_t exit_code, const char *text)
{
  struct writer out = {.length = 0};

  put_u32(&out, (uint32_t)error);
  put_u32(&out, exit_code);
  put_text(&out, text);
  frame_send(client, ANSWER_ERROR, request, out.bytes, out.length);
}

static void put_state(struct writer *out, const struct container *c)
{
  put_text(out, c->name);
  put_u32(out, c->phase == PHASE_RUNNING ? (uint32_t)c->pid : 0);
  put_u64(out, c->started_ms);
  put_u32(out, c->phase == PHASE_EXITED);
  put_u32(out, c->code);
  put_u32(out, c->signal);
  put_u32(out, c->oom_killed);
  put_u64(out, c->finished_ms);
}

static void send_state(struct client *client, uint16_t type, uint32_t request, const struct container *c)
{
  struct writer out = {.length = 0};

  put_state(&out, c);
  frame_send(client, type, request, out.bytes, out.length);
}

/* Containers. */

static struct container *container_find(const char *name)
{
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].phase != PHASE_FREE && strcmp(containers[i].name, name) == 0)
      return &containers[i];
  return NULL;
}

static int log_open(const char *path)
{
  return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

static void container_reset(struct container *c)
{
  memset(c, 0, sizeof *c);
  c->log = c->pidfd = c->report = c->stdin_fd = c->output[0].fd = c->output[1].fd = c->waiting = -1;
}

static void container_free(struct container *c)
{
  if (c->spec != NULL)
    munmap(c->spec, c->spec_length + 1);
  fd_drop(&c->log);
  fd_drop(&c->pidfd);
  fd_drop(&c->report);
  fd_drop(&c->stdin_fd);
  fd_drop(&c->output[0].fd);
  fd_drop(&c->output[1].fd);
  container_reset(c);
}

static void handle_create(struct client *client, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  const char *name = read_text(&from), *log = read_text(&from), *oom = read_text(&from);
  uint32_t flags = read_u32(&from);
  struct container *c = NULL;

  if (from.bad || name[0] == '\0' || strlen(name) >= NAME_LENGTH || strlen(log) >= sizeof c->log_path ||
      strlen(oom) >= sizeof c->oom_file) {
    answer_error(client, request, EPROTO, 0, "malformed container");
    return;
  }
  if (container_find(name) != NULL) {
    answer_error(client, request, EEXIST, 0, "the container exists");
    return;
  }
  for (int i = 0; i < MAX_CONTAINERS && c == NULL; i++)
    if (containers[i].phase == PHASE_FREE)
      c = &containers[i];
  if (c == NULL) {
    answer_error(client, request, EMFILE, 0, "too many containers in this sandbox");
    return;
  }
  container_free(c);
  c->log = log_open(log);
  if (c->log < 0) {
    answer_error(client, request, errno, 0, "open the log");
    return;
  }
  c->spec_length = (size_t)(from.end - from.at);
  c->spec = pages_take(c->spec_length + 1);
  if (c->spec == NULL) {
    container_free(c);
    answer_error(client, request, ENOMEM, 0, "keep the container's description");
    return;
  }
  memcpy(c->spec, from.at, c->spec_length);
  memcpy(c->name, name, strlen(name) + 1);
  memcpy(c->log_path, log, strlen(log) + 1);
  memcpy(c->oom_file, oom, strlen(oom) + 1);
  c->flags = flags;
  c->phase = PHASE_CREATED;
  frame_send(client, ANSWER_OK, request, NULL, 0);
}

/* Pipes and the report socket of a child. `ours` are non-blocking where the loop reads or writes. */
struct child_pipes {
  int report[2];
  int in[2];
  int out[2];
  int err[2];
};

static void pipes_close(struct child_pipes *p)
{
  for (int *fd = p->report; fd < p->report + 8; fd++)
    fd_drop(fd);
}

static int pipes_open(struct child_pipes *p, bool with_stdin, bool tty)
{
  *p = (struct child_pipes){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, p->report) < 0)
    return -1;
  if (!tty && (pipe2(p->out, O_CLOEXEC) < 0 || pipe2(p->err, O_CLOEXEC) < 0 ||
               fcntl(p->out[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(p->err[0], F_SETFL, O_NONBLOCK) < 0))
    return -1;
  if (!tty && with_stdin && (pipe2(p->in, O_CLOEXEC) < 0 || fcntl(p->in[1], F_SETFL, O_NONBLOCK) < 0))
    return -1;
  return 0;
}

static int take(int *fd)
{
  int taken = *fd;

  *fd = -1;
  return taken;
}

static struct child_stdio pipes_stdio(const struct child_pipes *p)
{
  return (struct child_stdio){p->in[0] >= 0 ? p->in[0] : 0, p->out[1], p->err[1]};
}

static void handle_start(struct client *client, uint32_t request, struct container *c)
{
  struct child_pipes p;
  long pid;

  if (c->phase != PHASE_CREATED) {
    answer_error(client, request, EBUSY, 0, "the container was started before");
    return;
  }
  if (pipes_open(&p, (c->flags & FLAG_STDIN) != 0, (c->flags & FLAG_TTY) != 0) < 0) {
    pipes_close(&p);
    answer_error(client, request, errno, 0, "open pipes");
    return;
  }
  c->started_ms = now_ms();
  pid = syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
  if (pid == 0) {
    struct reader from = {c->spec, c->spec + c->spec_length, false};
    struct process process;

    process_read(&from, &process);
    process.tty = (c->flags & FLAG_TTY) != 0;
    container_child(from, &process, pipes_stdio(&p), p.report[1]);
  }
  if (pid < 0) {
    pipes_close(&p);
    answer_error(client, request, errno, 0, "fork into new namespaces");
    return;
  }
  c->pid = (pid_t)pid;
  c->pidfd = k_pidfd_open(c->pid); /* our child, not reaped yet: it cannot be another process */
  c->report = take(&p.report[0]);
  c->stdin_fd = take(&p.in[1]);
  c->output[0] = (struct stream){.fd = take(&p.out[0]), .tag = "stdout"};
  c->output[1] = (struct stream){.fd = take(&p.err[0]), .tag = "stderr"};
  c->waiting = (int)(client - clients);
  c->request = request;
  c->phase = PHASE_STARTING;
  pipes_close(&p);
}

static void container_answer(struct container *c, const struct report *failure)
{
  struct client *client = c->waiting >= 0 ? &clients[c->waiting] : NULL;

  c->waiting = -1;
  if (client == NULL)
    return;
  if (failure != NULL)
    answer_error(client, c->request, failure->error, failure->exit_code, failure->text);
  else
    send_state(client, ANSWER_OK, c->request, c);
}

/* End of file: exec succeeded. A failure leaves the container created but spent: it can only be removed. */
static void container_report(struct container *c)
{
  struct report report;
  int fd = -1;
  ssize_t got;

  while (c->report >= 0) {
    got = receive_fd(c->report, &report, sizeof report, &fd);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      return;
    if (got == (ssize_t)sizeof report && report.kind == REPORT_TERMINAL && fd >= 0) {
      (void)fcntl(fd, F_SETFL, O_NONBLOCK);
      c->output[0].fd = fd;
      c->output[0].tag = "stdout";
      continue;
    }
    fd_drop(&fd);
    fd_drop(&c->report);
    if (got == (ssize_t)sizeof report && report.kind == REPORT_FAILED) {
      report.text[sizeof report.text - 1] = '\0';
      container_answer(c, &report);
      c->code = report.exit_code != 0 ? report.exit_code : 125;
      return;
    }
    munmap(c->spec, c->spec_length + 1);
    c->spec = NULL;
    c->phase = PHASE_RUNNING;
    container_answer(c, NULL);
  }
}

/* `oom_kill N`: memory.oom_control on v1 (4.13), memory.events on v2; the cgroup is new for every start. */
static bool oom_happened(const char *file)
{
  char text[1024];
  OWNED_FD fd = file[0] != '\0' ? open(file, O_RDONLY | O_CLOEXEC) : -1;
  ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
  const char *found;

  if (got <= 0)
    return false;
  text[got] = '\0';
  found = strstr(text, "oom_kill ");
  return found != NULL && found[9] != '0';
}

/* exit.<slot>: durable before anyone is told. */
static int record_write(const struct container *c)
{
  char text[512], final[32], temporary[40];
  char *at = text;
  const char *end = text + sizeof text;
  OWNED_FD fd = -1;

  at = text_add(text_add(text_add(at, end, "{\"name\":\""), end, c->name), end, "\",\"code\":");
  at = text_add(text_add_u64(at, end, c->code), end, ",\"signal\":");
  at = text_add(text_add_u64(at, end, c->signal), end, c->oom_killed ? ",\"oomKilled\":true" : ",\"oomKilled\":false");
  at = text_add_u64(text_add(at, end, ",\"startedAt\":"), end, c->started_ms);
  at = text_add(text_add_u64(text_add(at, end, ",\"finishedAt\":"), end, c->finished_ms), end, "}\n");
  text_add_u64(text_add(final, final + sizeof final, "exit."), final + sizeof final, (uint64_t)(c - containers));
  text_add(text_add(temporary, temporary + sizeof temporary, final), temporary + sizeof temporary, ".tmp");
  fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0 || write_all(fd, text, (size_t)(at - text)) < 0 || fsync(fd) < 0)
    return -1;
  return rename(temporary, final);
}

static void record_remove(const struct container *c)
{
  char name[32];

  text_add_u64(text_add(name, name + sizeof name, "exit."), name + sizeof name, (uint64_t)(c - containers));
  (void)unlink(name);
}

static void container_exited(struct container *c, int status)
{
  bool ran;

  container_report(c);
  ran = c->phase == PHASE_RUNNING;
  /* Every process of its pid namespace is dead: what the pipes hold is all there will be. */
  for (int i = 0; i < 2; i++) {
    for (int round = 0; c->output[i].fd >= 0 && round < 4096; round++)
      if (!stream_pump(&c->output[i], c->log))
        break;
    fd_drop(&c->output[i].fd);
  }
  fd_drop(&c->stdin_fd);
  fd_drop(&c->pidfd);
  c->finished_ms = now_ms();
  if (!ran && c->waiting >= 0) { /* killed before exec, without a word */
    struct report report = {.kind = REPORT_FAILED, .error = ECANCELED, .text = "killed before its program started"};

    container_answer(c, &report);
  }
  if (ran || c->code == 0) {
    c->signal = WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
    c->code = WIFSIGNALED(status) ? 128 + c->signal : (uint32_t)WEXITSTATUS(status);
  }
  c->oom_killed = ran && oom_happened(c->oom_file);
  c->phase = PHASE_EXITED;
  (void)record_write(c); /* a full run folder must not lose the event too */
  if (!ran)
    return; /* START's error has told it */
  for (int i = 0; i < MAX_CLIENTS; i++)
    if (clients[i].fd >= 0 && clients[i].events)
      send_state(&clients[i], EVENT_EXIT, 0, c);
}

/* Exec sessions. */

static void handle_exec(struct client *client, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  struct container *c = container_find(read_text(&from));
  uint32_t flags = read_u32(&from);
  struct process process;
  struct child_pipes p;
  char **cgroups;
  long pid;

  process_read(&from, &process); /* the pages go with munmap of nothing: small, and the child needs them */
  cgroups = read_list(&from);
  process.tty = (flags & FLAG_TTY) != 0;
  if (from.bad || client->exec || c == NULL || c->phase != PHASE_RUNNING) {
    answer_error(client, request, from.bad ? EPROTO : ESRCH, 0, "the container is not running");
    return;
  }
  if (pipes_open(&p, (flags & FLAG_STDIN) != 0, process.tty) < 0) {
    answer_error(client, request, errno, 0, "open pipes");
    pipes_close(&p);
    return;
  }
  pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0)
    exec_child(c->pidfd, cgroups, &process, pipes_stdio(&p), p.report[1]);
  if (pid < 0) {
    answer_error(client, request, errno, 0, "fork");
    pipes_close(&p);
    return;
  }
  client->exec = true;
  client->exec_ended = false;
  client->helper = (pid_t)pid;
  client->pid = 0;
  client->request = request;
  client->tty = process.tty;
  client->report = take(&p.report[0]);
  client->stdin_fd = take(&p.in[1]);
  client->output[0] = take(&p.out[0]);
  client->output[1] = take(&p.err[0]);
  pipes_close(&p);
}

static void exec_report(struct client *client)
{
  struct report report;
  int fd = -1;
  ssize_t got;

  while (client->fd >= 0 && client->report >= 0) {
    got = receive_fd(client->report, &report, sizeof report, &fd);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      return;
    if (got == (ssize_t)sizeof report && report.kind == REPORT_PID) {
      client->pid = report.error;
      continue;
    }
    if (got == (ssize_t)sizeof report && report.kind == REPORT_TERMINAL && fd >= 0) {
      (void)fcntl(fd, F_SETFL, O_NONBLOCK);
      client->output[0] = fd;
      client->stdin_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
      continue;
    }
    fd_drop(&fd);
    fd_drop(&client->report);
    if (got == (ssize_t)sizeof report) {
      report.text[sizeof report.text - 1] = '\0';
      answer_error(client, client->request, report.error, report.exit_code, report.text);
    } else {
      frame_send(client, ANSWER_OK, client->request, NULL, 0);
    }
  }
}

/* Reads only when the client has taken the last piece: its pace is the process's pace. */
static void exec_pump(struct client *client, int index)
{
  char bytes[16384];
  ssize_t got;

  if (client->out_length > 0 || client->output[index] < 0)
    return;
  got = read(client->output[index], bytes, sizeof bytes);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0)
    fd_drop(&client->output[index]);
  else
    frame_send(client, index == 0 ? EVENT_STDOUT : EVENT_STDERR, 0, bytes, (size_t)got);
}

/* The code is told after the last output. A background child that keeps the pipe open does not delay it. */
static void exec_finish(struct client *client)
{
  uint32_t code;

  if (client->fd < 0 || !client->exec_ended || client->out_length > 0)
    return;
  for (int i = 0; i < 2; i++)
    while (client->fd >= 0 && client->output[i] >= 0 && client->out_length == 0) {
      struct pollfd ready = {.fd = client->output[i], .events = POLLIN};

      if (poll(&ready, 1, 0) <= 0)
        fd_drop(&client->output[i]);
      else
        exec_pump(client, i);
    }
  if (client->fd < 0 || client->output[0] >= 0 || client->output[1] >= 0)
    return;
  code = WIFSIGNALED(client->status) ? 128 + (uint32_t)WTERMSIG(client->status) : (uint32_t)WEXITSTATUS(client->status);
  client->exec_ended = false;
  fd_drop(&client->stdin_fd);
  frame_send(client, EVENT_EXEC_EXIT, 0, &code, sizeof code);
}

/* Set-up. */

static void handle_setup(struct client *client, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  const char *hostname = read_text(&from), *step = NULL;
  char **cgroups = read_list(&from), **sysctls = read_list(&from);
  bool own = read_u32(&from) != 0;
  struct network network = {0};
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "shim.sock"};
  OWNED_FD host = -1;

  if (own) {
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
  if (from.bad || set_up || (own && strlen(network.link) > 15)) {
    answer_error(client, request, EPROTO, 0, "malformed set-up");
    return;
  }
  if (cgroup_join(cgroups) < 0)
    step = "join the shim's cgroup";
  else if (own && (host = network_host_socket()) < 0)
    step = "open a netlink socket";
  /* A pod on the host's network keeps the host's name too. */
  else if (unshare(CLONE_NEWIPC | (own ? CLONE_NEWNET | CLONE_NEWUTS : 0)) < 0)
    step = "unshare namespaces";
  else if (own && sethostname(hostname, strlen(hostname)) < 0)
    step = "set the hostname";
  else if (own && network_build(host, &network, &step) < 0)
    (void)step;
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

static void handle_list(struct client *client, uint32_t request)
{
  static char out[MAX_CONTAINERS * (NAME_LENGTH + 64)];
  size_t length = 4;
  uint32_t count = 0;

  for (int i = 0; i < MAX_CONTAINERS; i++) {
    struct writer state = {.length = 0};

    if (containers[i].phase == PHASE_FREE)
      continue;
    put_state(&state, &containers[i]);
    memcpy(out + length, state.bytes, state.length);
    length += state.length;
    count++;
  }
  memcpy(out, &count, 4);
  client->events = true;
  frame_send(client, ANSWER_OK, request, out, length);
}

static void handle_shutdown(struct client *client, uint32_t request)
{
  shutdown_client = (int)(client - clients);
  shutdown_request = request;
  for (int i = 0; i < MAX_CONTAINERS; i++)
    if (containers[i].pidfd >= 0)
      (void)k_pidfd_send_signal(containers[i].pidfd, SIGKILL);
}

static void handle_kill(struct client *client, uint32_t request, struct container *c, uint32_t number)
{
  if (c->pidfd >= 0 && k_pidfd_send_signal(c->pidfd, (int)number) < 0 && errno != ESRCH)
    answer_error(client, request, errno, 0, "signal");
  else
    frame_send(client, ANSWER_OK, request, NULL, 0);
}

static void handle_remove(struct client *client, uint32_t request, struct container *c)
{
  int status;

  /* It reported a failure and is about to exit: START was answered already, so this may come first. */
  if (c->phase == PHASE_STARTING && c->report < 0 && waitpid(c->pid, &status, __WALL) == c->pid)
    container_exited(c, status);
  if (c->phase == PHASE_STARTING || c->phase == PHASE_RUNNING) {
    answer_error(client, request, EBUSY, 0, "the container still runs");
    return;
  }
  record_remove(c);
  container_free(c);
  frame_send(client, ANSWER_OK, request, NULL, 0);
}

static void handle_reopen(struct client *client, uint32_t request, struct container *c)
{
  int fd = log_open(c->log_path);

  if (fd < 0) {
    answer_error(client, request, errno, 0, "reopen the log");
    return;
  }
  fd_drop(&c->log);
  c->log = fd;
  frame_send(client, ANSWER_OK, request, NULL, 0);
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

static void handle_resize(const struct client *client, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  uint32_t columns = read_u32(&from), rows = read_u32(&from);
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

  if (!from.bad && client->tty && client->output[0] >= 0)
    (void)ioctl(client->output[0], TIOCSWINSZ, &size);
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
        fd_drop(&client->stdin_fd); /* the process closed its end */
        break;
      }
      *length -= (size_t)wrote;
      memmove(payload, payload + wrote, *length);
    }
    return client->report < 0 || client->stdin_fd >= 0 || !client->tty; /* a terminal may still be on its way */
  case REQUEST_STDIN_END:
    if (!client->tty)
      fd_drop(&client->stdin_fd);
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

static void client_add(int fd)
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

static void accept_client(void)
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
      accept_client();
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
