/* System calls newer than some libc headers. Own names: <linux/mount.h> and <sys/mount.h> cannot be combined. */
#ifndef INFRA_SHIM_KERNEL_H
#define INFRA_SHIM_KERNEL_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TREE_CLONE 1U
#define TREE_CLOEXEC 02000000U
#define AT_RECURSIVE_TREE 0x8000U
#define MOVE_FROM_FD 0x04U
#define MOVE_TO_FD 0x40U
#define FS_SET_FLAG 0U
#define FS_SET_STRING 1U
#define FS_CREATE 6U
#define ATTR_RDONLY 0x01U
#define ATTR_NOSUID 0x02U
#define ATTR_NODEV 0x04U
#define ATTR_NOEXEC 0x08U
#define IN_NO_MAGICLINKS 0x02U
#define IN_NO_SYMLINKS 0x04U
#define IN_BENEATH 0x08U
#define IN_ROOT 0x10U

struct open_rules { /* struct open_how */
  uint64_t flags;
  uint64_t mode;
  uint64_t resolve;
};

struct mount_change { /* struct mount_attr */
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t user_namespace;
};

static inline int k_openat2(int folder, const char *path, const struct open_rules *rules)
{
  return (int)syscall(SYS_openat2, folder, path, rules, sizeof *rules);
}
static inline int k_open_tree(int folder, const char *path, unsigned flags)
{
  return (int)syscall(SYS_open_tree, folder, path, flags);
}
static inline int k_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
  return (int)syscall(SYS_move_mount, from, from_path, to, to_path, flags);
}
static inline int k_fsopen(const char *type)
{
  return (int)syscall(SYS_fsopen, type, 1U /* FSOPEN_CLOEXEC */);
}
static inline int k_fsconfig(int context, unsigned command, const char *key, const void *value)
{
  return (int)syscall(SYS_fsconfig, context, command, key, value, 0);
}
static inline int k_fsmount(int context, unsigned attributes)
{
  return (int)syscall(SYS_fsmount, context, 1U /* FSMOUNT_CLOEXEC */, attributes);
}
static inline int k_mount_setattr(int fd, unsigned flags, const struct mount_change *change)
{
  return (int)syscall(442 /* SYS_mount_setattr, 5.12 */, fd, "", flags, change, sizeof *change);
}
static inline int k_pidfd_open(pid_t pid)
{
  return (int)syscall(SYS_pidfd_open, pid, 0);
}
static inline int k_pidfd_send_signal(int pidfd, int number)
{
  return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

#endif
