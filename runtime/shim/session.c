/* Processes that join a running container. Each belongs to one connection and ends with it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resident.h"

void exec_end(struct client *client)
{
  if (client->pid > 0)
    (void)kill(client->pid, SIGKILL);
  fd_close_owned(&client->report);
  fd_close_owned(&client->stdin_fd);
  fd_close_owned(&client->output[0]);
  fd_close_owned(&client->output[1]);
}

/* The child reads the rest of the request for itself: what the lists take must not add up in the shim. */
static _Noreturn void session_child(struct reader from, const struct container *c, bool tty, struct child_stdio io,
                                    int report)
{
  struct process process;
  char **cgroups;

  process_read(&from, &process);
  cgroups = read_list(&from);
  process.tty = tty;
  if (from.bad)
    child_fail(report, EPROTO, 0, "read", "what to run");
  exec_child(c->pidfd, cgroups, &process, io, report);
}

void handle_exec(struct client *client, uint32_t request, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  struct container *c = container_find(read_text(&from));
  uint32_t flags = read_u32(&from);
  bool tty = (flags & FLAG_TTY) != 0;
  struct child_pipes p;
  long pid;

  if (from.bad || client->exec || c == NULL || c->phase != PHASE_RUNNING) {
    answer_error(client, request, from.bad ? EPROTO : ESRCH, 0, "the container is not running");
    return;
  }
  if (pipes_open(&p, (flags & FLAG_STDIN) != 0, tty) < 0) {
    answer_error(client, request, errno, 0, "open pipes");
    pipes_close(&p);
    return;
  }
  pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (pid == 0)
    session_child(from, c, tty, pipes_stdio(&p), p.report[1]);
  if (pid < 0) {
    answer_error(client, request, errno, 0, "fork");
    pipes_close(&p);
    return;
  }
  client->exec = true;
  client->exec_ended = false;
  client->pid = 0;
  client->request = request;
  client->tty = tty;
  client->report = fd_take(&p.report[0]);
  client->stdin_fd = fd_take(&p.in[1]);
  client->output[0] = fd_take(&p.out[0]);
  client->output[1] = fd_take(&p.err[0]);
  pipes_close(&p);
}

void exec_report(struct client *client)
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
    fd_close_owned(&fd);
    fd_close_owned(&client->report);
    if (got == (ssize_t)sizeof report) {
      report.text[sizeof report.text - 1] = '\0';
      answer_error(client, client->request, report.error, report.exit_code, report.text);
    } else {
      frame_send(client, ANSWER_OK, client->request, NULL, 0);
    }
  }
}

/* Reads only when the client has taken the last piece: its pace is the process's pace. */
void exec_pump(struct client *client, int index)
{
  char bytes[16384];
  ssize_t got;

  if (client->out_length > 0 || client->output[index] < 0)
    return;
  got = read(client->output[index], bytes, sizeof bytes);
  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (got <= 0)
    fd_close_owned(&client->output[index]);
  else
    frame_send(client, index == 0 ? EVENT_STDOUT : EVENT_STDERR, 0, bytes, (size_t)got);
}

/* The code is told after the last output. A background child that keeps the pipe open does not delay it. */
void exec_finish(struct client *client)
{
  uint32_t code;

  if (client->fd < 0 || !client->exec_ended || client->out_length > 0)
    return;
  for (int i = 0; i < 2; i++)
    while (client->fd >= 0 && client->output[i] >= 0 && client->out_length == 0) {
      struct pollfd ready = {.fd = client->output[i], .events = POLLIN};

      if (poll(&ready, 1, 0) <= 0)
        fd_close_owned(&client->output[i]);
      else
        exec_pump(client, i);
    }
  if (client->fd < 0 || client->output[0] >= 0 || client->output[1] >= 0)
    return;
  code = WIFSIGNALED(client->status) ? 128 + (uint32_t)WTERMSIG(client->status) : (uint32_t)WEXITSTATUS(client->status);
  client->exec_ended = false;
  fd_close_owned(&client->stdin_fd);
  frame_send(client, EVENT_EXEC_EXIT, 0, &code, sizeof code);
}

void handle_resize(const struct client *client, char *payload, size_t length)
{
  struct reader from = {payload, payload + length, false};
  uint32_t columns = read_u32(&from), rows = read_u32(&from);
  struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows};

  if (!from.bad && client->tty && client->output[0] >= 0)
    (void)ioctl(client->output[0], TIOCSWINSZ, &size);
}
