/* What the kernel still does for a process that evaluates an author's program. Each: 0, or the errno of its refusal. */
#ifndef INFRA_WALLS_H
#define INFRA_WALLS_H

/*
 * Denies every file by path, running programs, TCP and signals to others, for this thread and those it starts. Threads
 * that run already are V8's own and run nothing of the author's.
 */
int forbid_files(void);

/*
 * Installs the filter on every thread of this process, for good.
 *
 * What V8 needs to compute is allowed. What only an escape would do raises SIGSYS. Anything else fails with EPERM, as
 * libraries probe for more than they need.
 */
int filter_calls(void);

/* Of a call that raised SIGSYS. */
const char *call_name(int number);

#endif
