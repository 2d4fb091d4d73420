/* The resident part of the shim: its connections, its containers, and what main.c, client.c, lifecycle.c and session.c share. */
#ifndef INFRA_SHIM_RESIDENT_H
#define INFRA_SHIM_RESIDENT_H

#include "protocol.h"
#include "shim.h"

#define MAX_CLIENTS 64
#define MAX_CONTAINERS 64
#define NAME_LENGTH 128
#define OUT_CAPACITY 65536
#define IN_CAPACITY (FRAME_HEADER + FRAME_MAX)

struct client {
  int fd; /* -1: free */
  char *in;
  size_t in_length;
  char *out;
  size_t out_length;
  bool events;
  /* The process this connection belongs to, once EXEC was accepted. */
  bool exec;
  bool exec_ended;
  pid_t pid;
  int status;
  int report;
  uint32_t request;
  int stdin_fd;
  int output[2];
  bool tty;
};

enum phase { PHASE_FREE, PHASE_CREATED, PHASE_STARTING, PHASE_RUNNING, PHASE_EXITED };

struct container {
  enum phase phase;
  char name[NAME_LENGTH];
  char *spec; /* the CREATE payload, until started */
  size_t spec_length;
  uint32_t flags;
  int log;
  char log_path[256];
  char oom_file[256];
  pid_t pid;
  int pidfd;
  int report;
  int stdin_fd;
  struct stream output[2];
  int waiting; /* client to answer START, or -1 */
  uint32_t request;
  uint64_t started_ms;
  uint64_t finished_ms;
  uint32_t code;
  uint32_t signal;
  bool oom_killed;
};

extern struct client clients[MAX_CLIENTS];
extern struct container containers[MAX_CONTAINERS];
extern int listener; /* -1 until the sandbox is set up */

/* Connections and frames out (client.c). */
void client_add(int fd);
void client_accept(void);
void client_drop(struct client *client);
void client_flush(struct client *client);
void frame_send(struct client *client, uint16_t type, uint32_t request, const void *payload, size_t length);
void answer_error(struct client *client, uint32_t request, int error, uint32_t exit_code, const char *text);

/* A small payload; what does not fit is left out. */
struct writer {
  char bytes[512];
  size_t length;
};
void put_u32(struct writer *to, uint32_t value);
void put_u64(struct writer *to, uint64_t value);
void put_text(struct writer *to, const char *text);

/* Pipes and the report socket of a child (pipes.c). Our ends are non-blocking where the loop reads or writes. */
struct child_pipes {
  int report[2];
  int in[2];
  int out[2];
  int err[2];
};
int pipes_open(struct child_pipes *p, bool with_stdin, bool tty);
void pipes_close(struct child_pipes *p);
struct child_stdio pipes_stdio(const struct child_pipes *p);
/* Moves a descriptor out of its place. */
int fd_take(int *fd);

/* Containers (lifecycle.c). Handlers answer the client. */
struct container *container_find(const char *name);
void container_reset(struct container *c);
void container_report(struct container *c);
void container_exited(struct container *c, int status);
void handle_create(struct client *client, uint32_t request, char *payload, size_t length);
void handle_start(struct client *client, uint32_t request, struct container *c);
void handle_kill(struct client *client, uint32_t request, struct container *c, uint32_t number);
void handle_remove(struct client *client, uint32_t request, struct container *c);
void handle_reopen(struct client *client, uint32_t request, struct container *c);
void handle_list(struct client *client, uint32_t request);

/* Processes that join a container, one for each connection (session.c). */
void handle_exec(struct client *client, uint32_t request, char *payload, size_t length);
void handle_resize(const struct client *client, char *payload, size_t length);
void exec_report(struct client *client);
void exec_pump(struct client *client, int index);
void exec_finish(struct client *client);
void exec_end(struct client *client);

#endif
