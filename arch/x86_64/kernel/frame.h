/* SPDX-License-Identifier: MIT */
/* frame.h - what the kernel's vectors save and restore, and their table. */
#ifndef FRAME_H
#define FRAME_H

#define FRAME_VECTOR	0x88
#define FRAME_ERROR	0x90
#define FRAME_RIP	0x98

#define IDT_VECTORS	256
#define TRAP_VECTORS	32	/* exceptions; the other vectors are interrupts */
#define TRAP_GATE	16	/* bytes of code for each exception */
#define IRQ_GATE	8
#define IRQ_BIAS	160	/* so that vector - IRQ_BIAS fits a signed byte */

#ifndef __ASSEMBLER__
#include "lib/base.h"

struct trap_frame {
	uint64_t link[2];		/* RBP and RIP, as saved by a function's prologue */
	uint64_t reg[15];		/* r15 ... r8, rdi, rsi, rbp, rdx, rcx, rbx, rax */
#define REG_RBP		10
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;	/* pushed by the CPU, SDM 3A 6.14.2 */
};
_Static_assert(__builtin_offsetof(struct trap_frame, vector) == FRAME_VECTOR, "vectors.S offset");
_Static_assert(__builtin_offsetof(struct trap_frame, error) == FRAME_ERROR, "vectors.S offset");
_Static_assert(__builtin_offsetof(struct trap_frame, rip) == FRAME_RIP, "vectors.S offset");
_Static_assert(sizeof(struct trap_frame) % 16 == 0, "the CPU aligns RSP before it pushes");

/* Code of all vectors: TRAP_VECTORS * TRAP_GATE bytes, then IRQ_GATE for each of the others. */
extern const char trap_gates[];

void trap_entered(struct trap_frame *f);	/* trap.c */

/* vectors.S: load these tables. gdt_limit is the GDT's size less one; its TSS is at SEL_TSS. */
void desc_switch(const uint64_t *gdt, uint64_t gdt_limit, const void *idt, uint64_t idt_limit);
#endif
#endif
