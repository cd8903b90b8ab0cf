/* SPDX-License-Identifier: MIT */
/* trap.h - shared by vectors.S and trap.c, and by the kernel's. */
#ifndef TRAP_H
#define TRAP_H

#define TRAP_SP		0x08		/* x2; x1 is at 0 */
#define TRAP_T0		0x20		/* x5 */
#define TRAP_FRAME	0x100

#ifndef __ASSEMBLER__
#include "lib/base.h"

struct trap_info;

extern const char trap_vectors[];
extern uint64_t trap_stack;		/* top; vectors.S reads it */
_Noreturn void trap_handle(const uint64_t *x);

/* What happened, in words. Always terminated. */
void trap_describe(char *text, uint32_t size, uint64_t scause);

/*
 * Fill in what stval and x, x1 to x31, say of the trap that this CPU has just taken. `what`, `pc`
 * and `frame` are left to the caller.
 */
void trap_fill(struct trap_info *t, uint64_t scause, const uint64_t *x);
#endif
#endif
