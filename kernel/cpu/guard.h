/* SPDX-License-Identifier: MIT */
/* guard.h - hardening: stack protector, signed return addresses, and what the CPU can refuse. */
#ifndef KERNEL_GUARD_H
#define KERNEL_GUARD_H
#include "include/stubborn/boot_info.h"

/*
 * Derive the stack protector's value and this CPU's keys from bi->seed, which is not changed, the
 * counter and the CPU's random number generator. From now on the CPU also refuses what the kernel
 * never does (arch_guard). Once, on the boot CPU, after trap_start(), from a function that never
 * returns: its saved guard value and return address would no longer match.
 */
void guard_start(const struct boot_info *bi);

/*
 * The same on any other CPU, if the kernel has called guard_start(). Its caller must not return
 * either.
 */
void guard_cpu_start(void);
#endif
