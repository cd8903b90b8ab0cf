/* SPDX-License-Identifier: MIT */
/*
 * trap.c - the stub's traps.
 *
 * State is in .data: the stub takes traps before .bss can be trusted.
 */
#include "trap.h"
#include "arch/boot.h"
#include "csr.h"
#include "lib/image.h"
#include "lib/console/panic.h"

#define DATA __attribute__((section(".data")))

DATA uint64_t trap_stack;
static DATA char trap_text[64];

_Noreturn void trap_handle(const uint64_t *x)
{
	struct trap_info t;

	trap_fill(&t, csr_read(scause), x);
	t.what = trap_text;
	t.pc = csr_read(sepc);
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
