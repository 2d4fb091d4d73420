/*
 * Container output in the CRI log format: `<RFC 3339 time> <stdout|stderr> <P|F> <bytes>`.
 *
 * F ends at a newline of the source; P is a piece of a longer line, or final bytes without newline. One timestamp
 * for each read and one writev for many lines: seven million lines a second instead of two.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

#define LINE_MAX_BYTES 16384 /* containerd's limit; longer lines are split */
#define LINES_PER_WRITE 128
#define PREFIX_MAX 48

static void put_digits(char *at, unsigned width, uint64_t number)
{
  while (width > 0) {
    at[--width] = (char)('0' + number % 10);
    number /= 10;
  }
}

/* `2026-01-02T03:04:05.000000006Z stdout ` */
static size_t prefix_make(char *out, const char *tag)
{
  struct timespec now;
  int64_t days, era, year;
  uint64_t seconds, day_of_era, year_of_era, day_of_year, month;
  size_t tag_length = strlen(tag);

  clock_gettime(CLOCK_REALTIME, &now);
  /* Days to a civil date, counting years from March so that the leap day comes last. */
  days = now.tv_sec / 86400 + 719468;
  seconds = (uint64_t)(now.tv_sec % 86400);
  era = days / 146097;
  day_of_era = (uint64_t)(days - era * 146097);
  year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  month = (5 * day_of_year + 2) / 153;
  year = (int64_t)year_of_era + era * 400 + (month >= 10);

  memcpy(out, "0000-00-00T00:00:00.000000000Z ", 31);
  put_digits(out, 4, (uint64_t)year);
  put_digits(out + 5, 2, month < 10 ? month + 3 : month - 9);
  put_digits(out + 8, 2, day_of_year - (153 * month + 2) / 5 + 1);
  put_digits(out + 11, 2, seconds / 3600);
  put_digits(out + 14, 2, seconds / 60 % 60);
  put_digits(out + 17, 2, seconds % 60);
  put_digits(out + 20, 9, (uint64_t)now.tv_nsec);
  memcpy(out + 31, tag, tag_length);
  out[31 + tag_length] = ' ';
  return 32 + tag_length;
}

/* A full disk loses lines rather than stopping the container: there is nobody to wait for. */
static void flush(int log, struct iovec *parts, int count)
{
  while (count > 0) {
    ssize_t wrote = writev(log, parts, count);

    if (wrote < 0 && errno == EINTR)
      continue;
    if (wrote < 0)
      return;
    for (; count > 0 && (size_t)wrote >= parts->iov_len; parts++, count--)
      wrote -= (ssize_t)parts->iov_len;
    if (count > 0) {
      parts->iov_base = (char *)parts->iov_base + wrote;
      parts->iov_len -= (size_t)wrote;
    }
  }
}

static void emit(struct stream *stream, int log, bool final)
{
  static char kind_full[] = "F ", kind_part[] = "P ", newline[] = "\n";
  struct iovec parts[LINES_PER_WRITE * 4];
  char prefix[PREFIX_MAX];
  size_t prefix_length = prefix_make(prefix, stream->tag), start = 0;
  int count = 0;

  while (start < stream->length) {
    char *line = stream->buffer + start;
    size_t rest = stream->length - start;
    char *end = memchr(line, '\n', rest);
    size_t length = end != NULL ? (size_t)(end - line) : rest;

    if (end == NULL && !final && rest < LINE_MAX_BYTES)
      break;
    parts[count++] = (struct iovec){prefix, prefix_length};
    parts[count++] = (struct iovec){end != NULL ? kind_full : kind_part, 2};
    parts[count++] = (struct iovec){line, length};
    parts[count++] = (struct iovec){newline, 1};
    start += length + (end != NULL);
    if (count == LINES_PER_WRITE * 4) {
      flush(log, parts, count);
      count = 0;
    }
  }
  flush(log, parts, count);
  stream->length -= start;
  memmove(stream->buffer, stream->buffer + start, stream->length);
}

bool stream_pump(struct stream *stream, int log)
{
  for (int round = 0; round < 16; round++) { /* bounded: a flood from one container must not starve the others */
    ssize_t got;

    if (stream->buffer == NULL && (stream->buffer = pages_take(LINE_MAX_BYTES)) == NULL)
      return true;
    got = read(stream->fd, stream->buffer + stream->length, LINE_MAX_BYTES - stream->length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0 && errno == EAGAIN)
      break;
    if (got <= 0) { /* a terminal whose other ends are closed says EIO: an end, no error */
      emit(stream, log, true);
      munmap(stream->buffer, LINE_MAX_BYTES);
      stream->buffer = NULL;
      close(stream->fd);
      stream->fd = -1;
      return false;
    }
    stream->length += (size_t)got;
    emit(stream, log, false);
  }
  if (stream->length == 0)
    (void)madvise(stream->buffer, LINE_MAX_BYTES, MADV_DONTNEED);
  return true;
}
