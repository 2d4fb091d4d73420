/* The containers of the sandbox: starting, reaping, recording. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h> /* rename only */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "resident.h"

struct container containers[MAX_CONTAINERS];

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
struct container *container_find(const char *name)
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

void container_reset(struct container *c)
{
  memset(c, 0, sizeof *c);
  c->log = c->pidfd = c->report = c->stdin_fd = c->output[0].fd = c->output[1].fd = c->waiting = -1;
}

static void container_free(struct container *c)
{
  if (c->spec != NULL)
    munmap(c->spec, c->spec_length + 1);
  fd_close_owned(&c->log);
  fd_close_owned(&c->pidfd);
  fd_close_owned(&c->report);
  fd_close_owned(&c->stdin_fd);
  fd_close_owned(&c->output[0].fd);
  fd_close_owned(&c->output[1].fd);
  container_reset(c);
}

void handle_create(struct client *client, uint32_t request, char *payload, size_t length)
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

void handle_start(struct client *client, uint32_t request, struct container *c)
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
  c->report = fd_take(&p.report[0]);
  c->stdin_fd = fd_take(&p.in[1]);
  c->output[0] = (struct stream){.fd = fd_take(&p.out[0]), .tag = "stdout"};
  c->output[1] = (struct stream){.fd = fd_take(&p.err[0]), .tag = "stderr"};
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
void container_report(struct container *c)
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
    fd_close_owned(&fd);
    fd_close_owned(&c->report);
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

void container_exited(struct container *c, int status)
{
  bool ran;

  container_report(c);
  ran = c->phase == PHASE_RUNNING;
  /* Every process of its pid namespace is dead: what the pipes hold is all there will be. */
  for (int i = 0; i < 2; i++) {
    for (int round = 0; c->output[i].fd >= 0 && round < 4096; round++)
      if (!stream_pump(&c->output[i], c->log))
        break;
    fd_close_owned(&c->output[i].fd);
  }
  fd_close_owned(&c->stdin_fd);
  fd_close_owned(&c->pidfd);
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

void handle_kill(struct client *client, uint32_t request, struct container *c, uint32_t number)
{
  if (c->pidfd >= 0 && k_pidfd_send_signal(c->pidfd, (int)number) < 0 && errno != ESRCH)
    answer_error(client, request, errno, 0, "signal");
  else
    frame_send(client, ANSWER_OK, request, NULL, 0);
}

void handle_remove(struct client *client, uint32_t request, struct container *c)
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

void handle_reopen(struct client *client, uint32_t request, struct container *c)
{
  int fd = log_open(c->log_path);

  if (fd < 0) {
    answer_error(client, request, errno, 0, "reopen the log");
    return;
  }
  fd_close_owned(&c->log);
  c->log = fd;
  frame_send(client, ANSWER_OK, request, NULL, 0);
}

void handle_list(struct client *client, uint32_t request)
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
