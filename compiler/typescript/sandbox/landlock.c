#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "walls.h"

/* linux/landlock.h as of ABI 6, because the header of the machine that builds may be older than the kernel that runs. */
struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scoped;
};
#define RULESET_VERSION 1U
#define FILES_ABI_1 ((UINT64_C(1) << 13) - 1)
#define FILES_REFER (UINT64_C(1) << 13)     /* ABI 2 */
#define FILES_TRUNCATE (UINT64_C(1) << 14)  /* ABI 3 */
#define NETWORK_TCP UINT64_C(3)             /* ABI 4: bind, connect */
#define FILES_IOCTL_DEV (UINT64_C(1) << 15) /* ABI 5 */
#define SCOPED UINT64_C(3)                  /* ABI 6: abstract unix sockets, signals */

int forbid_files(void)
{
  struct ruleset rules = {.files = FILES_ABI_1};
  size_t size = sizeof rules.files;
  const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
  int fd, error = 0;

  if (abi < 0)
    return errno;
  if (abi >= 2)
    rules.files |= FILES_REFER;
  if (abi >= 3)
    rules.files |= FILES_TRUNCATE;
  if (abi >= 4) {
    rules.network = NETWORK_TCP;
    size += sizeof rules.network;
  }
  if (abi >= 5)
    rules.files |= FILES_IOCTL_DEV;
  if (abi >= 6) {
    rules.scoped = SCOPED;
    size += sizeof rules.scoped;
  }
  fd = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
  if (fd < 0)
    return errno;
  if (syscall(SYS_landlock_restrict_self, fd, 0) < 0)
    error = errno;
  close(fd);
  return error;
}
