/* SPDX-License-Identifier: MIT */
/*
 * trap.c - describes a trap in words (privileged specification 4.1.8, scause).
 *
 * State is in .data: the stub takes traps before .bss can be trusted.
 */
#include "trap.h"
#include "arch/boot.h"
#include "csr.h"
#include "lib/image.h"
#include "lib/print.h"
#include "lib/console/panic.h"

#define DATA __attribute__((section(".data")))

DATA uint64_t trap_stack;
static DATA char trap_text[64];

const char trap_register[TRAP_REGISTERS][4] = {
	"ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
	"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5",
	"t6",
};

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

_Noreturn void trap_handle(const uint64_t *x)
{
	const struct trap_info t = {
		.what = trap_text,
		.cause_name = "scause",
		.address_name = "stval",
		.cause = csr_read(scause),
		.address = csr_read(stval),
		.pc = csr_read(sepc),
		.sp = x[1],
		.reg_name = trap_register,
		.reg = x,
		.regs = TRAP_REGISTERS,
	};

	trap_describe(trap_text, sizeof(trap_text), t.cause);
	panic_trap(&t);
}

void arch_trap_prepare(uint64_t copy, uint64_t virt, uint64_t stack)
{
	(void)virt;	/* the vectors are position independent */
	*(uint64_t *)image_twin(&trap_stack, copy) = stack;
}

void arch_trap_install(uint64_t stack)
{
	trap_stack = stack;
	csr_write(stvec, (uint64_t)trap_vectors);
}
