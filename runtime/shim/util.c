/* Text, files, descriptors and frames, without stdio or malloc: the shim's memory is counted in pages. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

void fd_close_owned(int *fd)
{
  int saved = errno;

  if (*fd >= 0)
    close(*fd); /* EINTR is not retried: the number is already free, close(2) */
  *fd = -1;
  errno = saved;
}

/* Appends while it fits and keeps a closing NUL; returns the new end. */
char *text_add(char *at, const char *end, const char *text)
{
  while (*text != '\0' && at + 1 < end)
    *at++ = *text++;
  *at = '\0';
  return at;
}

char *text_add_u64(char *at, const char *end, uint64_t number)
{
  char digits[21];
  char *first = digits + sizeof digits - 1;

  *first = '\0';
  do
    *--first = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  return text_add(at, end, first);
}

int write_all(int fd, const void *bytes, size_t length)
{
  const char *at = bytes;

  while (length > 0) {
    ssize_t wrote = write(fd, at, length);

    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote < 0)
      return -1;
    at += wrote;
    length -= (size_t)wrote;
  }
  return 0;
}

int write_file(const char *path, const char *text)
{
  OWNED_FD fd = open(path, O_WRONLY | O_CLOEXEC);

  return fd < 0 ? -1 : write_all(fd, text, strlen(text));
}

int send_fd(int socket, const void *bytes, size_t length, int fd)
{
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

  memset(&control, 0, sizeof control);
  if (fd >= 0) {
    message.msg_control = &control;
    message.msg_controllen = sizeof control.space;
    control.header.cmsg_len = CMSG_LEN(sizeof fd);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
  }
  return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* At most one fd is taken; the kernel closes what does not fit into the control buffer. */
ssize_t receive_fd(int socket, void *bytes, size_t capacity, int *fd)
{
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {.iov_base = bytes, .iov_len = capacity};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space};
  struct cmsghdr *header;
  ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

  *fd = -1;
  if (got < 0)
    return -1;
  header = CMSG_FIRSTHDR(&message);
  if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
      header->cmsg_len == CMSG_LEN(sizeof *fd))
    memcpy(fd, CMSG_DATA(header), sizeof *fd);
  return got;
}

/* Zeroed pages that cost nothing until touched; NULL when there are none. */
void *pages_take(size_t length)
{
  void *pages = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  return pages == MAP_FAILED ? NULL : pages;
}

uint64_t now_ms(void)
{
  struct timespec now;

  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool reader_has(struct reader *from, size_t length)
{
  if (from->bad || (size_t)(from->end - from->at) < length)
    from->bad = true;
  return !from->bad;
}

uint32_t read_u32(struct reader *from)
{
  uint32_t value = 0;

  if (reader_has(from, sizeof value)) {
    memcpy(&value, from->at, sizeof value);
    from->at += sizeof value;
  }
  return value;
}

uint64_t read_u64(struct reader *from)
{
  uint64_t value = 0;

  if (reader_has(from, sizeof value)) {
    memcpy(&value, from->at, sizeof value);
    from->at += sizeof value;
  }
  return value;
}

char *read_text(struct reader *from)
{
  static char empty[1];
  uint32_t length = read_u32(from);
  char *text = from->at;

  if (!reader_has(from, length) || length == 0 || memchr(text, '\0', length) != text + length - 1) {
    from->bad = true;
    return empty;
  }
  from->at += length;
  return text;
}

char **read_list(struct reader *from)
{
  uint32_t count = read_u32(from);
  char **list;

  if (from->bad || count > (size_t)(from->end - from->at) / 5) { /* an item is at least five bytes */
    from->bad = true;
    return NULL;
  }
  list = pages_take((count + 1) * sizeof *list);
  if (list == NULL) {
    from->bad = true;
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++)
    list[i] = read_text(from);
  return from->bad ? NULL : list;
}
