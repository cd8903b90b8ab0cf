/* SPDX-License-Identifier: MIT */
/* masked.h - whether interrupts are masked, for tests of code that must not wait for one. */
#ifndef UNIT_MASKED_H
#define UNIT_MASKED_H
#include "tests/host/unit/unit.h"
#include "arch/irq.h"

static bool masked;

uint64_t arch_irq_save(void)
{
	const bool before = masked;

	masked = true;
	return before;
}

void arch_irq_restore(uint64_t before)
{
	masked = before;
}

void arch_irq_on(void)
{
	masked = false;
}

void arch_wait(void)
{
	fail();
}
#endif
