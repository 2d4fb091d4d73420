/* Pipes between the shim and a child, and the socket on which the child tells what happened before exec. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resident.h"

void pipes_close(struct child_pipes *p)
{
  for (int *fd = p->report; fd < p->report + 8; fd++)
    fd_close_owned(fd);
}

int pipes_open(struct child_pipes *p, bool with_stdin, bool tty)
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

int fd_take(int *fd)
{
  int taken = *fd;

  *fd = -1;
  return taken;
}

struct child_stdio pipes_stdio(const struct child_pipes *p)
{
  return (struct child_stdio){p->in[0] >= 0 ? p->in[0] : 0, p->out[1], p->err[1]};
}
