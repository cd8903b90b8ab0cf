/* SPDX-License-Identifier: MIT */
/*
 * trap.c - for a kernel that has only arch_trap_install()'s vectors: every exception is the end.
 */
#include "lib/console/panic.h"

_Noreturn void trap_taken(const struct trap_info *t)
{
	panic_trap(t);
}
