/* SPDX-License-Identifier: MIT */
/* trap.h - shared by vectors.S and trap.c. */
#ifndef TRAP_H
#define TRAP_H

#define TRAP_STUB_SIZE	16

#ifndef __ASSEMBLER__
#include <stdint.h>

struct trap_frame {
	uint64_t reg[15];		/* r15 ... r8, rdi, rsi, rbp, rdx, rcx, rbx, rax */
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;	/* pushed by the CPU, SDM 3A 6.14.2 */
};

extern char trap_stubs[];
_Noreturn void trap_handle(const struct trap_frame *frame);
#endif
#endif
