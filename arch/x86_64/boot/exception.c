/* SPDX-License-Identifier: MIT */
/*
 * exception.c - exceptions in words (SDM 3A chapter 6), and their registers: for stub and kernel.
 * Without variables.
 */
#include "exception.h"
#include "lib/console/panic.h"
#include "lib/print.h"

const char *exception_name(uint64_t vector)
{
	/* reserved vectors are empty, like all from 31 on */
	static const char names[] = "divide error\0" "debug\0" "NMI\0" "breakpoint\0"
		"overflow\0" "bound range exceeded\0" "invalid opcode\0"
		"device not available\0" "double fault\0" "coprocessor overrun\0"
		"invalid TSS\0" "segment not present\0" "stack fault\0" "general protection\0"
		"page fault\0" "\0" "x87 error\0" "alignment check\0" "machine check\0"
		"SIMD error\0" "virtualization exception\0" "control protection\0"
		"\0\0\0\0\0\0" "hypervisor injection\0" "VMM communication\0" "security\0";
	const char *name = text_item(names, (uint32_t)MIN(vector, 31));

	return *name ? name : "exception";
}

void exception_fill(struct trap_info *t, const uint64_t *saved)
{
	static const char names[][4] = {
		"r15", "r14", "r13", "r12", "r11", "r10", "r9", "r8",
		"rdi", "rsi", "rbp", "rdx", "rcx", "rbx", "rax",
		"vec", "err", "rip", "cs", "rfl", "rsp", "ss",
	};
	enum { VEC = 15, ERR, RIP, RSP = 20 };

	*t = (struct trap_info){
		.cause_name = "vector<<32|error",
		.address_name = "CR2",
		.cause = saved[VEC] << 32 | (uint32_t)saved[ERR],
		.address = cr_read(cr2),
		.pc = saved[RIP],
		.sp = saved[RSP],
		.reg_name = names,
		.reg = saved,
		.regs = ARRAY_SIZE(names),
	};
}
