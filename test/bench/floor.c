/*
 * The kernel's price of one pod: the same cgroups, namespaces, link, mounts, seccomp and exec as the shim, by the same
 * code, but without daemon, protocol, logs or records. Prints the microseconds of each round on a line.
 *
 *   floor ROUNDS LOWER SCRATCH ADDRESS GATEWAY CGROUP... -- PROGRAM
 *
 * LOWER is a root file system with PROGRAM, SCRATCH an empty folder for upper layers, each CGROUP an existing folder.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "kernel.h"
#include "shim.h"

#define CHECK(call) ((call) < 0 ? fail(#call) : (void)0)

static _Noreturn void fail(const char *what)
{
  perror(what);
  exit(1);
}

static char payload[65536];
static size_t length;

static void put_u32(uint32_t value)
{
  memcpy(payload + length, &value, sizeof value);
  length += sizeof value;
}

static void put_text(const char *text)
{
  put_u32((uint32_t)strlen(text) + 1);
  memcpy(payload + length, text, strlen(text) + 1);
  length += strlen(text) + 1;
}

static void put_list(const char *const *items, uint32_t count)
{
  put_u32(count);
  for (uint32_t i = 0; i < count; i++)
    put_text(items[i]);
}

static uint64_t now_us(void)
{
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

struct plan {
  const char *lower, *scratch, *program;
  struct network network;
  char **cgroups;
  int cgroup_count;
};

/* The description that the daemon would send: see container.c and rootfs.c. */
static void describe(const struct plan *plan, int round, char files[][256])
{
  static const char *const env[] = {"PATH=/usr/bin:/bin"};
  static const char *const masked[] = {"/proc/kcore", "/proc/keys", "/proc/timer_list"};
  static const char *const readonly[] = {"/proc/sys", "/proc/irq"};
  const char *list[8];
  char upper[512], work[512];
  uint64_t capabilities = 0xe1;

  snprintf(upper, sizeof upper, "%s/%d", plan->scratch, round);
  CHECK(mkdir(upper, 0755));
  snprintf(upper, sizeof upper, "%s/%d/upper", plan->scratch, round);
  snprintf(work, sizeof work, "%s/%d/work", plan->scratch, round);
  CHECK(mkdir(upper, 0755));
  CHECK(mkdir(work, 0755));
  length = 0;
  list[0] = plan->program;
  put_list(list, 1);
  put_list(env, 1);
  put_text("/");
  put_u32(0);
  put_u32(0);
  put_u32(0);
  memcpy(payload + length, &capabilities, 8);
  length += 8;
  put_u32(1);
  put_u32(1);
  put_u32(0); /* OOM score */
  for (int i = 0; i < plan->cgroup_count; i++) {
    snprintf(files[i], 256, "%s/floor-%d/tasks", plan->cgroups[i], round);
    list[i] = files[i];
  }
  put_list(list, (uint32_t)plan->cgroup_count);
  list[0] = plan->lower;
  put_list(list, 1);
  put_text(upper);
  put_text(work);
  put_u32(2); /* volatile */
  put_text("/");
  put_u32(0);
  put_list(masked, 3);
  put_list(readonly, 2);
}

static _Noreturn void pod(const struct plan *plan, char *run)
{
  struct reader from = {payload, payload + length, false};
  struct process process;
  const char *step;
  OWNED_FD host = network_host_socket();
  OWNED_FD null = open("/dev/null", O_RDWR | O_CLOEXEC);
  int report[2], status;
  long pid;

  CHECK(chdir(run));
  CHECK(unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS));
  CHECK(sethostname("floor", 5));
  if (network_build(host, &plan->network, &step) < 0)
    fail(step);
  CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, report));
  pid = syscall(SYS_clone, CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, 0, 0, 0, 0);
  CHECK(pid);
  if (pid == 0) {
    process_read(&from, &process);
    container_child(from, &process, (struct child_stdio){null, null, null}, report[1]);
  }
  CHECK(waitpid((pid_t)pid, &status, __WALL));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    struct report why;
    int fd;

    if (receive_fd(report[0], &why, sizeof why, &fd) > 0)
      fprintf(stderr, "%s: %s\n", why.text, strerror(why.error));
    _exit(1);
  }
  _exit(0);
}

int main(int argc, char **argv)
{
  struct plan plan = {.lower = argv[2], .scratch = argv[3], .program = argv[argc - 1]};
  char files[8][256];

  if (argc < 9)
    return 2;
  plan.network.address = inet_addr(argv[4]);
  plan.network.gateway = inet_addr(argv[5]);
  plan.network.link = "floor0";
  memcpy(plan.network.pod_mac, "\x02\x00\x00\x00\x00\x01", 6);
  memcpy(plan.network.host_mac, "\x02\x00\x00\x00\x00\x02", 6);
  plan.cgroups = argv + 6;
  plan.cgroup_count = argc - 8;
  for (int round = 0; round < atoi(argv[1]); round++) {
    char link[16], folder[512];
    uint64_t started;
    int status;
    pid_t pid;

    snprintf(link, sizeof link, "floor%d", round);
    plan.network.link = link;
    describe(&plan, round, files);
    started = now_us();
    for (int i = 0; i < plan.cgroup_count; i++) {
      snprintf(folder, sizeof folder, "%s/floor-%d", plan.cgroups[i], round);
      CHECK(mkdir(folder, 0755));
    }
    pid = fork();
    CHECK(pid);
    if (pid == 0)
      pod(&plan, plan.scratch[0] != '\0' ? (char *)(uintptr_t)plan.scratch : NULL);
    CHECK(waitpid(pid, &status, 0));
    printf("%llu\n", (unsigned long long)(now_us() - started));
    for (int i = 0; i < plan.cgroup_count; i++) {
      snprintf(folder, sizeof folder, "%s/floor-%d", plan.cgroups[i], round);
      (void)rmdir(folder);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
      return 1;
  }
  return 0;
}
