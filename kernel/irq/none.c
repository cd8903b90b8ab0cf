/* SPDX-License-Identifier: MIT */
/* none.c - for a kernel without interrupts: reports the first one, ignores the rest. */
#include "kernel/cpu/trap.h"
#include "lib/console/console.h"
#include "lib/wants.h"

void irq_taken(uint32_t vector)
{
	static bool said;

	if (said)
		return;
	said = true;
	console_print("%.*s: warning: interrupt %u: nobody asked for any\n", WANTS_NAME,
		      wants_name(), vector);
}
