/* SPDX-License-Identifier: MIT */
/* lock.c - a kernel's only CPU, and what its locks need of it. */
#include "arch/irq.h"
#include "arch/smp.h"
#include "kernel/cpu/cpu.h"

static struct cpu cpu;
static uint64_t masked;		/* how deep */

struct cpu *arch_cpu_this(void)
{
	return &cpu;
}

uint64_t arch_irq_save(void)
{
	return masked++;
}

void arch_irq_restore(uint64_t before)
{
	masked = before;
}

void arch_pause(void)
{
	__builtin_trap();	/* one CPU: a lock that is held is never released */
}
