/* SPDX-License-Identifier: MIT */
/* trap.c - every exception in the stub is the end: it is reported, and the machine halts. */
#include "lib/console/panic.h"

_Noreturn void trap_taken(const struct trap_info *t)
{
	panic_trap(t);
}
