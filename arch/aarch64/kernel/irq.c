/* SPDX-License-Identifier: MIT */
/*
 * irq.c - the interrupt masks in PSTATE (Arm ARM D1.3.4). FIQ is masked and unmasked together with
 * IRQ: nothing here causes one, and one from elsewhere is to be reported. SError is masked only in
 * handlers.
 */
#include "arch/irq.h"

uint64_t arch_irq_save(void)
{
	uint64_t before;

	__asm__ volatile("mrs %0, daif\n\tmsr daifset, #3" : "=r"(before) :: "memory");
	return before;
}

void arch_irq_restore(uint64_t before)
{
	__asm__ volatile("msr daif, %0" :: "r"(before) : "memory");
}

void arch_irq_on(void)
{
	__asm__ volatile("msr daifclr, #3" ::: "memory");
}

/* A masked interrupt also ends WFI. It is taken at the ISB at the latest. */
void arch_wait(void)
{
	__asm__ volatile("dsb sy\n\twfi\n\tmsr daifclr, #3\n\tisb\n\tmsr daifset, #3" ::: "memory");
}
