/* SPDX-License-Identifier: MIT */
/* stacks.h - stacks that end in an unmapped page. */
#ifndef KERNEL_STACKS_H
#define KERNEL_STACKS_H
#include "lib/status.h"

/*
 * Give the boot CPU other stacks for what came without a guard page from trap_start(). After
 * mm_start(). ERR_NO_MEMORY: those that there is no memory for stay.
 */
status_t stacks_guard(void);
#endif
