/* SPDX-License-Identifier: MIT */
/* frame.h - what the kernel's vectors save and restore. */
#ifndef FRAME_H
#define FRAME_H

#define FRAME_SP	0xf8	/* after x30 */
#define FRAME_ELR	0x100
#define FRAME_LINK	0x110
#define FRAME_SIZE	0x120

/* Vectors begin at VBAR_ELx, 0x80 bytes each (Arm ARM D1.3.1): kind, and interrupted context */
#define VECTOR_SYNC	0
#define VECTOR_IRQ	1
#define VECTOR_FIQ	2
#define VECTOR_SERROR	3
#define VECTOR_WHAT	3	/* mask */
#define VECTOR_OWN	4	/* interrupted on SP_ELx; smaller numbers: on SP_EL0 */
#define VECTOR_LOWER	8	/* from a lower exception level, which we do not use */
#define VECTORS		16
#define VECTOR_BROKEN	16	/* SP_ELx was outside its stack */

#ifndef __ASSEMBLER__
#include "kernel/cpu/cpu.h"

struct trap_frame {
	uint64_t x[31], sp;
	uint64_t elr, spsr;
	uint64_t link[2];	/* x29 and ELR, as saved by a function's prologue */
};
_Static_assert(__builtin_offsetof(struct trap_frame, sp) == FRAME_SP, "vectors.S offset");
_Static_assert(__builtin_offsetof(struct trap_frame, elr) == FRAME_ELR, "vectors.S offset");
_Static_assert(__builtin_offsetof(struct trap_frame, link) == FRAME_LINK, "vectors.S offset");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "vectors.S offset");

extern const char trap_vectors_el1[], trap_vectors_el2[];

void trap_entered(struct trap_frame *f, uint64_t vector);	/* trap.c */

/* vectors.S: make `top` SP_ELx, and the current stack SP_EL0. */
void trap_stack_switch(uint64_t top);
#endif
#endif
