/* SPDX-License-Identifier: MIT */
/* frame.h - what the kernel's vectors save and restore, and where they find their stacks. */
#ifndef FRAME_H
#define FRAME_H
#include "kernel/cpu/cpu.h"

#define FRAME_SEPC	0xf8	/* after x31 */
#define FRAME_LINK	0x108
#define FRAME_SIZE	0x120

/* Words of struct cpu.arch */
#define CPU_LOW		(CPU_ARCH + 0x00)	/* SP has room for a frame down to here */
#define CPU_TOP		(CPU_ARCH + 0x08)	/* of the handlers' stack */
#define CPU_SPARE	(CPU_ARCH + 0x10)	/* top of another, if that has overflowed */
#define CPU_T1		(CPU_ARCH + 0x18)	/* registers, until there is a frame */
#define CPU_T2		(CPU_ARCH + 0x20)

#define FRAME_OVER	0x1000	/* SP has overflowed if below CPU_LOW, up to this far */

#ifndef __ASSEMBLER__
#include "lib/base.h"

enum { ARCH_LOW, ARCH_TOP, ARCH_SPARE, ARCH_T1, ARCH_T2, ARCH_IPIS_SENT, ARCH_RETRY,
       ARCH_RETRY_PC };

struct trap_frame {
	uint64_t x[31];		/* x1 to x31 */
	uint64_t sepc, sstatus;
	uint64_t link[2];	/* s0 and sepc, as saved by a function's prologue */
	uint64_t reserved;
};
_Static_assert(__builtin_offsetof(struct trap_frame, sepc) == FRAME_SEPC, "vectors.S offset");
_Static_assert(__builtin_offsetof(struct trap_frame, link) == FRAME_LINK, "vectors.S offset");
_Static_assert(sizeof(struct trap_frame) == FRAME_SIZE, "vectors.S offset");
_Static_assert(CPU_ARCH + 8 * ARCH_T2 == CPU_T2, "vectors.S offset");

extern const char trap_entry[];		/* vectors.S */
void trap_entered(struct trap_frame *f, uint64_t scause, bool overflow);	/* trap.c */

/* The trap stacks of a CPU, for vectors.S. */
void trap_stacks_set(struct cpu *c);
#endif
#endif
