/* SPDX-License-Identifier: MIT */
/* trap.c - every exception in the stub is fatal: report it and halt. */
#include "lib/console/panic.h"

_Noreturn void trap_taken(const struct trap_info *t)
{
	panic_trap(t);
}
