/* SPDX-License-Identifier: MIT */
/* masked.h - whether interrupts are masked. The test says what happens when they no longer are. */
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
#endif
