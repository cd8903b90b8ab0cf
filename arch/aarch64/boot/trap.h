/* SPDX-License-Identifier: MIT */
/* trap.h - shared by vectors.S and trap.c. */
#ifndef TRAP_H
#define TRAP_H

#define TRAP_SP		0xf8
#define TRAP_FRAME	0x100
#define TRAP_VECTORS	0x800		/* bytes of trap_vectors */

#ifndef __ASSEMBLER__
#include <stdint.h>

struct trap_frame {
	uint64_t x[31], sp;
};
_Static_assert(__builtin_offsetof(struct trap_frame, sp) == TRAP_SP, "vectors.S offset");
_Static_assert(sizeof(struct trap_frame) == TRAP_FRAME, "vectors.S offset");

extern char trap_vectors[];
extern uint64_t trap_stack;	/* top; vectors.S reads it */
_Noreturn void trap_handle(uint64_t vector, const struct trap_frame *frame);
#endif
#endif
