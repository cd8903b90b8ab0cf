/* SPDX-License-Identifier: MIT */
/*
 * trap_describe.c - a trap in words (privileged specification 4.1.8, scause), and its registers,
 * for stub and kernel. Without variables.
 */
#include "trap.h"
#include "csr.h"
#include "lib/console/panic.h"
#include "lib/print.h"

#define NAMED	20		/* exceptions from here on have no name */

void trap_describe(char *text, uint32_t size, uint64_t scause)
{
	static const char names[] = "instruction misaligned\0" "instruction access fault\0"
		"illegal instruction\0" "breakpoint\0" "load misaligned\0" "load access fault\0"
		"store misaligned\0" "store access fault\0" "ecall from U-mode\0"
		"ecall from S-mode\0" "\0\0" "page fault, execute\0" "page fault, read\0" "\0"
		"page fault, write\0" "double trap\0" "\0" "software check\0"
		"hardware error\0";
	const uint64_t code = scause & ~SCAUSE_INTERRUPT;
	const char *name = text_item(names, (uint32_t)MIN(code, NAMED));

	if (scause & SCAUSE_INTERRUPT)
		text_format(text, size, "interrupt %llu", LL(code));
	else if (*name)
		text_format(text, size, "%s", name);
	else
		text_format(text, size, "exception %llu", LL(code));
}

void trap_fill(struct trap_info *t, uint64_t scause, const uint64_t *x)
{
	static const char names[][4] = {
		"ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
		"a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11",
		"t3", "t4", "t5", "t6",
	};

	*t = (struct trap_info){
		.cause_name = "scause",
		.address_name = "stval",
		.cause = scause,
		.address = csr_read(stval),
		.sp = x[1],
		.reg_name = names,
		.reg = x,
		.regs = ARRAY_SIZE(names),
	};
}
