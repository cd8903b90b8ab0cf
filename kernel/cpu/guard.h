/* SPDX-License-Identifier: MIT */
/* guard.h - what makes a kernel's mistakes hard to use. */
#ifndef KERNEL_GUARD_H
#define KERNEL_GUARD_H
#include "include/stubborn/boot_info.h"

/*
 * The stack protector's value and the CPU's keys come from the seed, which stays; and this CPU
 * refuses from now on what the kernel never does (arch_guard). Once on the boot CPU, after
 * trap_start(), from a function that never returns: return addresses are not what they were.
 */
void guard_start(const struct boot_info *bi);

/* The same on any other CPU, with the same condition. */
void guard_cpu_start(void);
#endif
