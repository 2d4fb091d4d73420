#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "walls.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "no system call numbers are known for this processor"
#endif

/* Little-endian on both processors: the low half of an argument comes first. */
#define LOAD_NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define LOAD_ARGUMENT(index) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[index]))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define FAIL(error) RETURN(SECCOMP_RET_ERRNO | ((error)&SECCOMP_RET_DATA))
#define ON(number, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), RETURN(action)
#define ALLOW(name) ON(SYS_##name, SECCOMP_RET_ALLOW)
#define STOP(name) ON(SYS_##name, SECCOMP_RET_TRAP),
/* Opens for reading fail; with any of these flags they are an escape. */
#define WRITING (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)
#define OPEN(name, flags)                                                                                              \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), LOAD_ARGUMENT(flags),                                         \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, WRITING, 0, 1), RETURN(SECCOMP_RET_TRAP), FAIL(EPERM)

/* What no library probes for: only a program that has left its context gets here. */
#ifdef SYS_fork
#define OLD_ESCAPES(X) X(creat) X(fork) X(vfork)
#else
#define OLD_ESCAPES(X)
#endif
#define ESCAPES(X)                                                                                                     \
  OLD_ESCAPES(X)                                                                                                       \
  X(execve) X(execveat) X(socket) X(socketpair) X(connect) X(bind) X(sendto) X(sendmsg) X(ptrace) X(process_vm_readv)   \
  X(process_vm_writev) X(kill) X(tkill) X(pidfd_open) X(unshare) X(setns) X(mount) X(bpf) X(unlinkat) X(mkdirat)        \
  X(linkat) X(symlinkat) X(fchmodat) X(fchownat) X(truncate) X(setuid) X(setgid)

const char *call_name(int number)
{
#define NAME(name)                                                                                                     \
  case SYS_##name:                                                                                                     \
    return #name;
  switch (number) {
    ESCAPES(NAME)
    NAME(clone) NAME(tgkill) NAME(openat)
#ifdef SYS_open
    NAME(open)
#endif
  default:
    return "?";
  }
#undef NAME
}

int filter_calls(void)
{
  const struct sock_filter program[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
    RETURN(SECCOMP_RET_KILL_PROCESS),
    LOAD_NUMBER,

    /* Memory, locks, threads. */
    ALLOW(futex), ALLOW(mmap), ALLOW(munmap), ALLOW(mprotect), ALLOW(pkey_mprotect), ALLOW(madvise), ALLOW(mremap), ALLOW(brk),
    ALLOW(sched_yield), ALLOW(membarrier), ALLOW(set_robust_list), ALLOW(rt_sigprocmask), ALLOW(rt_sigaction),
    ALLOW(rt_sigreturn), ALLOW(sigaltstack), ALLOW(sched_getaffinity), ALLOW(gettid), ALLOW(getpid), ALLOW(exit),
    ALLOW(exit_group), ALLOW(restart_syscall), ALLOW(getrandom), ALLOW(getcpu),
#ifdef SYS_rseq
    ALLOW(rseq),
#endif
    /* Time, for the time limit alone: the guest's context has no clock. */
    ALLOW(clock_gettime), ALLOW(clock_getres), ALLOW(gettimeofday), ALLOW(clock_nanosleep), ALLOW(nanosleep),
    ALLOW(getrusage),
    /* What was open when it began, and the event loop of the time limit. */
    ALLOW(read), ALLOW(write), ALLOW(writev), ALLOW(close), ALLOW(fstat), ALLOW(lseek), ALLOW(epoll_create1),
    ALLOW(epoll_ctl), ALLOW(epoll_pwait), ALLOW(eventfd2), ALLOW(pipe2), ALLOW(ppoll),
#ifdef SYS_epoll_wait
    ALLOW(epoll_wait), ALLOW(poll),
#endif

    /* What Node leaves its standard streams as, when it ends by an error of its own. */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 5),
    LOAD_ARGUMENT(1),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_GETFL, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, F_SETFL, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    FAIL(EPERM),
    /* glibc falls back to clone, whose flags are no pointer. */
    ON(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
    LOAD_ARGUMENT(0),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_TRAP),
    /* abort() signals its own thread; nobody else may be. */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
    LOAD_ARGUMENT(0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 0, 1),
    RETURN(SECCOMP_RET_ALLOW),
    RETURN(SECCOMP_RET_TRAP),

    OPEN(openat, 2),
#ifdef SYS_open
    OPEN(open, 1),
#endif
    ESCAPES(STOP) FAIL(EPERM),
  };
  const struct sock_fprog filter = {sizeof program / sizeof *program, (struct sock_filter *)program};
  long thread;

  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return errno;
  thread = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
  if (thread < 0)
    return errno;
  return thread == 0 ? 0 : EBUSY; /* a thread that could not take it */
}
