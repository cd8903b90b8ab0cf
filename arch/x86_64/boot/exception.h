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

/* by vector, for text_item(); those that are reserved are empty */
static const char trap_names[] = "divide error\0" "debug\0" "NMI\0" "breakpoint\0" "overflow\0"
	"bound range exceeded\0" "invalid opcode\0" "device not available\0" "double fault\0"
	"coprocessor overrun\0" "invalid TSS\0" "segment not present\0" "stack fault\0"
	"general protection\0" "page fault\0" "\0" "x87 error\0" "alignment check\0"
	"machine check\0" "SIMD error\0" "virtualization exception\0" "control protection\0"
	"\0\0\0\0\0\0" "hypervisor injection\0" "VMM communication\0" "security\0";

/* struct trap_frame from reg[] to its end */
static const char trap_regs[][4] = {
	"r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8",
	"rdi", "rsi", "rbp", "rdx", "rcx", "rbx", "rax",
	"vec", "err", "rip", "cs", "rfl", "rsp", "ss",
};
#endif
#endif
