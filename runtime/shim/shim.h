/* The container library: what the shim's files share. Single-threaded; 0 or a value, or -1 with errno set. */
#ifndef INFRA_SHIM_H
#define INFRA_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An fd this scope owns, or -1. Declare at the top, so that no goto can skip it. */
#define OWNED_FD __attribute__((cleanup(fd_close_owned))) int
void fd_close_owned(int *fd);

/* Text and files (util.c). */
char *text_add(char *at, const char *end, const char *text);
char *text_add_u64(char *at, const char *end, uint64_t number);
int write_all(int fd, const void *bytes, size_t length);
int write_file(const char *path, const char *text);
int send_fd(int socket, const void *bytes, size_t length, int fd);
ssize_t receive_fd(int socket, void *bytes, size_t capacity, int *fd);
void *pages_take(size_t length);
uint64_t now_ms(void);

/* Reading a frame in place. After a short or malformed field `bad` is set and all else reads as empty. */
struct reader {
  char *at;
  char *end;
  bool bad;
};
uint32_t read_u32(struct reader *from);
uint64_t read_u64(struct reader *from);
char *read_text(struct reader *from);
/* NULL-ended array of the list's strings, on fresh pages; NULL when malformed. */
char **read_list(struct reader *from);

/* One process to run: argv, env, cwd, u32 uid, u32 gid, [u32 gid], u64 capabilities, u32 no_new_privs, u32 seccomp. */
struct process {
  char **argv;
  char **env;
  char *cwd;
  uint32_t uid;
  uint32_t gid;
  uint32_t gid_count;
  gid_t *gids;
  uint64_t capabilities;
  bool no_new_privs;
  bool seccomp;
  bool tty;
};
void process_read(struct reader *from, struct process *out);

/* How a child tells the shim what happened before exec: end of file means that exec succeeded. */
enum report_kind { REPORT_FAILED, REPORT_PID, REPORT_TERMINAL };
struct report {
  uint32_t kind;
  int32_t error; /* errno, or the pid for REPORT_PID */
  uint32_t exit_code;
  char text[256];
};
_Noreturn void child_fail(int socket, int error, uint32_t exit_code, const char *doing, const char *subject);

/* stdio of a child: three fds to install, or a terminal when `tty`. */
struct child_stdio {
  int in;
  int out;
  int err;
};

/* CHILD CODE: the three never return to the shim's loop. */
_Noreturn void container_child(struct reader spec, struct process *process, struct child_stdio io, int report);
_Noreturn void exec_child(int pidfd, char **cgroups, const struct process *process, struct child_stdio io, int report);
_Noreturn void process_exec(const struct process *process, int report);

void stdio_install(const struct process *process, struct child_stdio io, int devpts, int report);
int cgroup_join(char **files);

int rootfs_build(struct reader *spec, int report, int *devpts);

struct sock_fprog;
/* A filter for this capability set; the last one is kept, so one pod builds it once. */
const struct sock_fprog *seccomp_default(uint64_t capabilities);

/* Network (network.c). */
struct network {
  uint32_t address; /* network byte order */
  uint32_t gateway;
  const char *link;
  uint8_t pod_mac[6];
  uint8_t host_mac[6];
};
int network_host_socket(void);
/* Called inside the pod's namespace. On failure *step says what was tried. */
int network_build(int host, const struct network *network, const char **step);
int network_loopback(void);

/* One output stream of a container on its way to the log (log.c). */
struct stream {
  int fd; /* read end, non-blocking, or -1 when closed */
  const char *tag;
  char *buffer;
  size_t length;
};
/* Reads what is there; false once the writing ends are all closed. */
bool stream_pump(struct stream *stream, int log);

#endif
