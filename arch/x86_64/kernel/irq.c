/* SPDX-License-Identifier: MIT */
/* irq.c - RFLAGS.IF (SDM 3A 6.8.1). */
#include "arch/irq.h"
#include "arch/x86_64/boot/regs.h"

uint64_t arch_irq_save(void)
{
	uint64_t before;

	__asm__ volatile("pushfq\n\tpop %0\n\tcli" : "=r"(before) :: "memory");
	return before;
}

void arch_irq_restore(uint64_t before)
{
	if (before & EFLAGS_IF)
		arch_irq_on();
}

void arch_irq_on(void)
{
	__asm__ volatile("sti" ::: "memory");
}

/* STI takes effect after the next instruction, so no interrupt precedes HLT (SDM 2B, STI). */
void arch_wait(void)
{
	__asm__ volatile("sti\n\thlt\n\tcli" ::: "memory");
}
