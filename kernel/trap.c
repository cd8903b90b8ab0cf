/* SPDX-License-Identifier: MIT */
/*
 * trap.c - for kernels that only use arch_trap_install()'s vectors: every exception is fatal.
 */
#include "lib/console/panic.h"

_Noreturn void trap_taken(const struct trap_info *t)
{
	panic_trap(t);
}
