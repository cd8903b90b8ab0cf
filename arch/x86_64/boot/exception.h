/* SPDX-License-Identifier: MIT */
/*
 * exception.h - the architecture's exceptions, for both sets of vectors (SDM 3A chapter 6).
 */
#ifndef EXCEPTION_H
#define EXCEPTION_H
#include "regs.h"

/* The vectors that push an error code: 8, 10-14, 17, 21, 29, 30 (table 6-1, AMD APM 2 8.2) */
#define HAS_ERROR	0x60227d00

/* Assembly: struct trap_frame's registers, from the last one down. */
#define PUSH_REGISTERS                                                                             \
	push %rax; push %rbx; push %rcx; push %rdx; push %rbp; push %rsi; push %rdi;               \
	push %r8; push %r9; push %r10; push %r11; push %r12; push %r13; push %r14; push %r15

#ifndef __ASSEMBLER__
enum {				/* SDM 3A table 6-1 */
	VECTOR_DB = 1, VECTOR_NMI = 2, VECTOR_BP = 3, VECTOR_DF = 8, VECTOR_TS = 10,
	VECTOR_NP = 11, VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14, VECTOR_MC = 18,
	VECTOR_CP = 21,
};

#define PF_P		(1u << 0)	/* page-fault error code, 4.7 */
#define PF_W		(1u << 1)
#define PF_U		(1u << 2)
#define PF_RSVD		(1u << 3)
#define PF_I		(1u << 4)
#define PF_PK		(1u << 5)
#define PF_SS		(1u << 6)
#define PF_SGX		(1u << 15)

struct trap_info;

/* The name of an exception, "exception" if it has none. Any number. */
const char *exception_name(uint64_t vector);

/*
 * Fill in what CR2 and `saved`, which is struct trap_frame from reg[] on, say of the exception that
 * this CPU has just taken. `what` and `frame` are left to the caller.
 */
void exception_fill(struct trap_info *t, const uint64_t *saved);
#endif
#endif
