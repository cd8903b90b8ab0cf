/* SPDX-License-Identifier: MIT */
/*
 * trap.c - what follows an exception: the end, or the return to who expected it.
 *
 * State lies in .data: the stub takes traps before anything is known about .bss.
 */
#include "arch/kernel.h"
#include "lib/console/panic.h"

#define DATA __attribute__((section(".data")))

static DATA bool trap_expected;
static DATA struct trap_info trap_caught;

_Noreturn void trap_taken(const struct trap_info *t)
{
	if (!trap_expected)
		panic_trap(t);
	trap_caught = *t;
	arch_throw();
}

bool trap_try(void (*fn)(void *), void *arg, struct trap_info *out)
{
	trap_expected = true;
	const bool thrown = arch_catch(fn, arg);

	trap_expected = false;
	if (thrown) {
		*out = trap_caught;
		out->regs = 0;
	}
	return !thrown;
}
