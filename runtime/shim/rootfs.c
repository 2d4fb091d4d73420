/*
 * The container's file system, built from detached mounts inside its own mount namespace: the host's mount table
 * never changes. Every path of the image is resolved beneath the root by descriptor, never as a host path.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "kernel.h"
#include "protocol.h"
#include "shim.h"

struct option {
  const char *key;
  const char *value; /* NULL: a flag */
};

/* A new detached file system, or -1. The caller owns the descriptor. */
static int detached(const char *type, const struct option *options, size_t count, unsigned attributes)
{
  OWNED_FD context = k_fsopen(type);

  if (context < 0)
    return -1;
  for (size_t i = 0; i < count; i++)
    if (k_fsconfig(context, options[i].value == NULL ? FS_SET_FLAG : FS_SET_STRING, options[i].key,
                   options[i].value) < 0)
      return -1;
  if (k_fsconfig(context, FS_CREATE, NULL, NULL) < 0)
    return -1;
  return k_fsmount(context, attributes);
}

/* Opens `path` of the container as a location. EAGAIN is a rename race during `..`: again, openat2(2). */
static int resolve(int root, const char *path, uint64_t how)
{
  const struct open_rules rules = {.flags = O_PATH | O_CLOEXEC, .resolve = how | IN_NO_MAGICLINKS};
  int fd;

  do
    fd = k_openat2(root, path, &rules);
  while (fd < 0 && (errno == EAGAIN || errno == EINTR));
  return fd;
}

/* Opens `path`, making what is missing: folders of this mode, and at the end a folder or an empty file. */
static int resolve_making(int root, const char *path, bool file, uint64_t how, mode_t mode)
{
  char prefix[PATH_MAX];
  size_t length = strlen(path), at = 0;
  int fd = resolve(root, path, how);

  if (fd >= 0 || errno != ENOENT)
    return fd;
  if (length >= sizeof prefix) {
    errno = ENAMETOOLONG;
    return -1;
  }
  while (at < length) {
    OWNED_FD parent = -1;
    OWNED_FD found = -1;
    size_t start, end;

    while (at < length && path[at] == '/')
      at++;
    start = at;
    while (at < length && path[at] != '/')
      at++;
    end = at;
    if (start == end)
      break;
    memcpy(prefix, path, end);
    prefix[end] = '\0';
    found = resolve(root, prefix, how);
    if (found >= 0)
      continue;
    if (errno != ENOENT)
      return -1;
    prefix[start] = '\0';
    parent = resolve(root, start == 0 ? "." : prefix, how);
    if (parent < 0)
      return -1;
    memcpy(prefix, path + start, end - start);
    prefix[end - start] = '\0';
    if (file && path[end] == '\0') {
      OWNED_FD made = openat(parent, prefix, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
      if (made < 0)
        return -1;
    } else if (mkdirat(parent, prefix, mode) < 0 && errno != EEXIST) {
      return -1;
    }
  }
  return resolve(root, path, how);
}

/* Set whatever the module's defaults are: an upper folder may become a layer, and a layer is plain files. */
static const char *const plain_upper[][2] = {{"redirect_dir", "off"}, {"metacopy", "off"}};

/* Linux before 6.8 knows no `lowerdir+`: one option string, mounted on a folder of the run folder, where the caller is. */
static int overlay_by_string(char **lower, const char *upper, const char *work, uint32_t flags)
{
  char options[4096]; /* mount(2): data is one page */
  const char *end = options + sizeof options;
  char *at = text_add(options, end, "lowerdir=");

  for (size_t i = 0; lower[i] != NULL; i++) {
    if (i > 0)
      at = text_add(at, end, ":");
    at = text_add(at, end, lower[i]);
  }
  at = text_add(at, end, ",upperdir=");
  at = text_add(at, end, upper);
  at = text_add(at, end, ",workdir=");
  at = text_add(at, end, work);
  for (size_t i = 0; i < sizeof plain_upper / sizeof *plain_upper; i++) {
    at = text_add(at, end, ",");
    at = text_add(at, end, plain_upper[i][0]);
    at = text_add(at, end, "=");
    at = text_add(at, end, plain_upper[i][1]);
  }
  if (flags & FLAG_ROOT_VOLATILE)
    at = text_add(at, end, ",volatile");
  if (at + 1 >= end) {
    errno = ENAMETOOLONG;
    return -1;
  }
  if (mkdir("root", 0700) < 0 && errno != EEXIST)
    return -1;
  if (mount("overlay", "root", "overlay", MS_NODEV, options) < 0)
    return -1;
  return k_open_tree(AT_FDCWD, "root", TREE_CLONE | TREE_CLOEXEC);
}

static int overlay(char **lower, const char *upper, const char *work, uint32_t flags)
{
  OWNED_FD context = k_fsopen("overlay");

  if (context < 0)
    return -1;
  for (; *lower != NULL; lower++)
    if (k_fsconfig(context, FS_SET_STRING, "lowerdir+", *lower) < 0)
      return -1;
  if (k_fsconfig(context, FS_SET_STRING, "upperdir", upper) < 0 ||
      k_fsconfig(context, FS_SET_STRING, "workdir", work) < 0)
    return -1;
  for (size_t i = 0; i < sizeof plain_upper / sizeof *plain_upper; i++)
    if (k_fsconfig(context, FS_SET_STRING, plain_upper[i][0], plain_upper[i][1]) < 0)
      return -1;
  if ((flags & FLAG_ROOT_VOLATILE) && k_fsconfig(context, FS_SET_FLAG, "volatile", NULL) < 0)
    return -1;
  if (k_fsconfig(context, FS_CREATE, NULL, NULL) < 0)
    return -1;
  return k_fsmount(context, ATTR_NODEV);
}

/* Attaches a detached mount at a place named in the container; it must be a real folder there (attacks A6, A7). */
static int attach_folder(int tree, int root, const char *path)
{
  OWNED_FD place = -1;

  if (mkdirat(root, path, 0755) < 0 && errno != EEXIST)
    return -1;
  place = resolve(root, path, IN_BENEATH | IN_NO_SYMLINKS);
  return place < 0 ? -1 : k_move_mount(tree, "", place, "", MOVE_FROM_FD | MOVE_TO_FD);
}

/*
 * A container may have CAP_MKNOD, and not every host has a device cgroup: no file system it can make a node in lets it
 * be opened. The devices that it gets are binds of nodes on one that lies hidden under its /dev; it has to be attached
 * somewhere, because older kernels clone no detached mount. *null is one of the devices, for masks.
 */
static int attach_dev(int root, int dev, int *null)
{
  enum { count = 6 };
  static const struct {
    const char *name;
    unsigned minor, major;
  } nodes[count] = {{"null", 3, 1}, {"zero", 5, 1}, {"full", 7, 1}, {"random", 8, 1}, {"urandom", 9, 1}, {"tty", 0, 5}};
  static const char *const links[][2] = {{"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"},
                                         {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
                                         {"pts/ptmx", "ptmx"}};
  static const char *const folders[] = {"pts", "shm", "mqueue"};
  static const struct option options[] = {{"nr_blocks", "1"}, {"nr_inodes", "16"}};
  OWNED_FD devices = detached("tmpfs", options, 2, ATTR_NOSUID | ATTR_NOEXEC);

  if (devices < 0 || attach_folder(devices, root, "dev") < 0)
    return -1;
  for (int i = 0; i < count; i++)
    if (mknodat(devices, nodes[i].name, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)) < 0)
      return -1;
  if (attach_folder(dev, root, "dev") < 0)
    return -1;
  for (int i = 0; i < count; i++) {
    OWNED_FD node = k_open_tree(devices, nodes[i].name, TREE_CLONE | TREE_CLOEXEC);
    OWNED_FD place = openat(dev, nodes[i].name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (node < 0 || place < 0 || k_move_mount(node, "", dev, nodes[i].name, MOVE_FROM_FD) < 0)
      return -1;
    if (i == 0) {
      *null = node;
      node = -1;
    }
  }
  for (size_t i = 0; i < sizeof links / sizeof *links; i++)
    if (symlinkat(links[i][0], dev, links[i][1]) < 0)
      return -1;
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (mkdirat(dev, folders[i], 0755) < 0)
      return -1;
  return 0;
}

/* On success *devpts is the container's own pts file system, where its terminal is opened, and *null its null device. */
static int mount_kernel_filesystems(int root, int *null, int *devpts)
{
  static const struct option dev_options[] = {{"mode", "755"}, {"size", "65536k"}};
  static const struct option pts_options[] = {{"ptmxmode", "0666"}, {"mode", "0620"}, {"gid", "5"}};
  static const struct option shm_options[] = {{"mode", "1777"}, {"size", "65536k"}};
  const unsigned quiet = ATTR_NOSUID | ATTR_NOEXEC;
  OWNED_FD proc = detached("proc", NULL, 0, quiet | ATTR_NODEV);
  OWNED_FD sys = detached("sysfs", NULL, 0, quiet | ATTR_NODEV | ATTR_RDONLY);
  OWNED_FD dev = detached("tmpfs", dev_options, 2, ATTR_NOSUID | ATTR_NODEV);
  OWNED_FD pts = detached("devpts", pts_options, 3, quiet);
  OWNED_FD shm = detached("tmpfs", shm_options, 2, quiet | ATTR_NODEV);
  OWNED_FD queue = detached("mqueue", NULL, 0, quiet | ATTR_NODEV);

  if (proc < 0 || sys < 0 || dev < 0 || pts < 0 || shm < 0 || queue < 0)
    return -1;
  if (attach_folder(proc, root, "proc") < 0 || attach_folder(sys, root, "sys") < 0 ||
      attach_dev(root, dev, null) < 0 || k_move_mount(pts, "", dev, "pts", MOVE_FROM_FD) < 0 ||
      k_move_mount(shm, "", dev, "shm", MOVE_FROM_FD) < 0 || k_move_mount(queue, "", dev, "mqueue", MOVE_FROM_FD) < 0)
    return -1;
  *devpts = pts;
  pts = -1; /* lives until exec closes it */
  return 0;
}

/*
 * `beneath` is a path in `source` that a container may be changing meanwhile: it is opened by descriptor, follows no
 * link and leaves the source nowhere, whatever is swapped under it. What is missing of it is made with the source's
 * mode, as kubelet's SafeMakeDir does.
 */
static int open_source(const char *source, const char *beneath)
{
  OWNED_FD folder = -1;
  OWNED_FD found = -1;
  struct stat about;

  if (beneath[0] == '\0')
    return k_open_tree(AT_FDCWD, source, TREE_CLONE | TREE_CLOEXEC | AT_RECURSIVE_TREE);
  folder = open(source, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || fstat(folder, &about) < 0)
    return -1;
  found = resolve_making(folder, beneath, false, IN_BENEATH | IN_NO_SYMLINKS, about.st_mode & 0777);
  return found < 0 ? -1 : k_open_tree(found, "", TREE_CLONE | TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE_TREE);
}

/* Takes rights from an attached mount; `below` is AT_RECURSIVE_TREE or 0. */
static int restrict_mount(int mount_fd, unsigned attributes, unsigned below)
{
  const struct mount_change change = {.set = attributes};
  char path[40], *at;

  if (k_mount_setattr(mount_fd, AT_EMPTY_PATH | below, &change) == 0)
    return 0;
  if (errno != ENOSYS)
    return -1;
  /* Before Linux 5.12. The attributes have the same bits as mount(2)'s flags. */
  at = text_add(path, path + sizeof path, "/proc/self/fd/");
  (void)text_add_u64(at, path + sizeof path, (uint64_t)mount_fd);
  return mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | (unsigned long)attributes, NULL);
}

static int bind(int root, const char *source, const char *beneath, const char *target, bool readonly)
{
  OWNED_FD tree = open_source(source, beneath);
  OWNED_FD place = -1;
  struct stat about;
  struct statfs file_system;

  if (tree < 0 || fstat(tree, &about) < 0)
    return -1;
  place = resolve_making(root, target, !S_ISDIR(about.st_mode), IN_ROOT, 0755);
  if (place < 0 || fstatfs(place, &file_system) < 0)
    return -1;
  if (file_system.f_type == PROC_SUPER_MAGIC) { /* redirected writes to /proc: attacks A5 */
    errno = EPERM;
    return -1;
  }
  if (k_move_mount(tree, "", place, "", MOVE_FROM_FD | MOVE_TO_FD) < 0)
    return -1;
  return restrict_mount(tree, ATTR_NODEV | (readonly ? ATTR_RDONLY : 0), AT_RECURSIVE_TREE);
}

/* Hides a file behind our own null device, a folder behind an empty one. Missing is fine. */
static int mask(int root, int null, const char *path)
{
  static const struct option empty[] = {{"nr_blocks", "1"}, {"nr_inodes", "1"}};
  OWNED_FD place = resolve(root, path, IN_ROOT);
  OWNED_FD cover = -1;
  struct stat about;

  if (place < 0)
    return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
  if (fstat(place, &about) < 0)
    return -1;
  cover = S_ISDIR(about.st_mode) ? detached("tmpfs", empty, 2, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC)
                                 : k_open_tree(null, "", TREE_CLONE | TREE_CLOEXEC | AT_EMPTY_PATH);
  return cover < 0 ? -1 : k_move_mount(cover, "", place, "", MOVE_FROM_FD | MOVE_TO_FD);
}

static int protect(int root, const char *path)
{
  OWNED_FD place = resolve(root, path, IN_ROOT);
  OWNED_FD tree = -1;

  if (place < 0)
    return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
  tree = k_open_tree(place, "", TREE_CLONE | TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE_TREE);
  if (tree < 0 || k_move_mount(tree, "", place, "", MOVE_FROM_FD | MOVE_TO_FD) < 0)
    return -1;
  return restrict_mount(tree, ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC, AT_RECURSIVE_TREE);
}

/*
 * Builds and enters the root that `spec` describes: [lower], upper, work, u32 flags, cwd, u32 count of (source,
 * path beneath it or "", target, u32 readonly), [masked], [readonly]. The caller is in a mount namespace of its own and in the run folder.
 * Failure is reported to the shim and ends the process.
 */
int rootfs_build(struct reader *spec, int report, int *devpts)
{
  char **lower = read_list(spec), **masked, **readonly;
  const char *upper = read_text(spec), *work = read_text(spec);
  uint32_t flags = read_u32(spec), binds;
  const char *cwd = read_text(spec);
  OWNED_FD null = -1;
  OWNED_FD made = -1;
  int root;

  if (spec->bad || lower == NULL || lower[0] == NULL)
    child_fail(report, EPROTO, 0, "read the container's description", "root");
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) /* nothing of ours propagates to the host */
    child_fail(report, errno, 0, "make mounts private", "/");
  root = overlay(lower, upper, work, flags);
  if (root < 0 && (errno == EINVAL || errno == ENAMETOOLONG))
    root = overlay_by_string(lower, upper, work, flags);
  if (root < 0)
    child_fail(report, errno, 0, "mount the overlay", upper);
  if (k_move_mount(root, "", AT_FDCWD, ".", MOVE_FROM_FD) < 0)
    child_fail(report, errno, 0, "attach the root", upper);
  if (mount_kernel_filesystems(root, &null, devpts) < 0)
    child_fail(report, errno, 0, "mount /proc, /sys and /dev", "(each must be a real folder in the image)");

  binds = read_u32(spec);
  for (uint32_t i = 0; i < binds && !spec->bad; i++) {
    const char *source = read_text(spec), *beneath = read_text(spec), *target = read_text(spec);
    bool is_readonly = read_u32(spec) != 0;

    if (!spec->bad && bind(root, source, beneath, target, is_readonly) < 0)
      child_fail(report, errno, 0, "mount", target);
  }
  masked = read_list(spec);
  readonly = read_list(spec);
  if (spec->bad)
    child_fail(report, EPROTO, 0, "read the container's description", "mounts");
  made = resolve_making(root, cwd, false, IN_ROOT, 0755);
  if (made < 0)
    child_fail(report, errno, 0, "make the working directory", cwd);
  for (size_t i = 0; readonly[i] != NULL; i++)
    if (protect(root, readonly[i]) < 0)
      child_fail(report, errno, 0, "make read-only", readonly[i]);
  for (size_t i = 0; masked[i] != NULL; i++)
    if (mask(root, null, masked[i]) < 0)
      child_fail(report, errno, 0, "mask", masked[i]);
  if ((flags & FLAG_ROOT_READONLY) && restrict_mount(root, ATTR_RDONLY | ATTR_NODEV, 0) < 0)
    child_fail(report, errno, 0, "make the root read-only", "/");

  if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
    child_fail(report, errno, 0, "pivot into the root", "/");
  close(root);
  return 0;
}
