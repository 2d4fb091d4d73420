/*
 * What the daemon and the shim say to each other. The same numbers stand in runtime/kernel/protocol.ts; a test holds
 * the two equal.
 *
 * A frame: u32 payload length, u16 type, u16 zero, u32 request number, payload. All little-endian. A string is a u32
 * length that counts its closing NUL, then the bytes with that NUL, so the shim uses strings where they lie. A list
 * is a u32 count, then the items. Answers carry the request's number; events carry 0.
 */
#ifndef INFRA_SHIM_PROTOCOL_H
#define INFRA_SHIM_PROTOCOL_H

#define FRAME_HEADER 12
#define FRAME_MAX 1048576 /* payload; argv and environment of one container fit, a flood does not */

/* From the daemon. */
#define REQUEST_SETUP 1     /* hostname, [cgroup file], [sysctl path, value], u32 network, for a link: (u32 address, u32 gateway, link, podMac, hostMac) */
#define REQUEST_CREATE 2    /* name, log path, OOM file, u32 flags, process, root, mounts, see container.c */
#define REQUEST_START 3     /* name; answered with the state */
#define REQUEST_KILL 4      /* name, u32 signal */
#define REQUEST_REMOVE 5    /* name */
#define REQUEST_REOPEN 6    /* name */
#define REQUEST_LIST 7      /* answered with [state]; from then on this connection gets events */
#define REQUEST_SHUTDOWN 8  /* answered when every container is reaped; then the shim exits */
#define REQUEST_EXEC 9      /* name, u32 flags, process, [cgroup file]; the connection then belongs to this process */
#define REQUEST_STDIN 10    /* bytes; no answer */
#define REQUEST_STDIN_END 11
#define REQUEST_RESIZE 12   /* u32 columns, u32 rows; no answer */
#define REQUEST_EXEC_KILL 13

/* From the shim. A state: name, u32 pid, u64 started ms, u32 exited, u32 code, u32 signal, u32 oom, u64 finished ms. */
#define ANSWER_OK 64
#define ANSWER_ERROR 65     /* u32 errno, u32 exit code (127, 126, else 0), text */
#define EVENT_EXIT 66       /* state */
#define EVENT_STDOUT 67     /* bytes */
#define EVENT_STDERR 68     /* bytes */
#define EVENT_EXEC_EXIT 69  /* u32 code */

#define NETWORK_HOST 0
#define NETWORK_LINK 1
#define NETWORK_NONE 2 /* a namespace with nothing but its loopback */

#define FLAG_TTY 1
#define FLAG_STDIN 2
#define FLAG_ROOT_READONLY 1
#define FLAG_ROOT_VOLATILE 2

#endif
