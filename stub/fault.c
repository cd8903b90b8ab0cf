/* SPDX-License-Identifier: MIT */
/* fault.c - begins a stage, and faults in it on purpose if fault= says so. */
#include "stub/fault.h"
#include "lib/crumb.h"

void fault_stage(const struct options *o, enum crumb_stage stage)
{
	crumb_drop(stage);
	fault_take(o, stage);
}

void fault_take(const struct options *o, enum crumb_stage stage)
{
	if (o->fault == (uint32_t)stage + 1)
		(void)*(volatile uint64_t *)FAULT_ADDRESS;
}
