/* SPDX-License-Identifier: MIT */
/* no_irq.h - interrupts that never come, for tests of code that must not wait for one. */
#ifndef UNIT_NO_IRQ_H
#define UNIT_NO_IRQ_H
#include "tests/host/unit/masked.h"

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
