/* SPDX-License-Identifier: MIT */
/* stacks.h - trap stacks with a guard page. */
#ifndef KERNEL_STACKS_H
#define KERNEL_STACKS_H
#include "lib/status.h"

/*
 * Replace those trap stacks of the boot CPU that trap_start() had to place without a guard page.
 * Once, on the boot CPU, after mm_start(). ERR_NO_MEMORY: at least one could not be allocated, and
 * the old one remains in use.
 */
status_t stacks_guard(void);
#endif
