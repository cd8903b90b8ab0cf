/* SPDX-License-Identifier: MIT */
/* backtrace.h - how the CPU came to where it is. */
#ifndef KERNEL_BACKTRACE_H
#define KERNEL_BACKTRACE_H
#include "lib/base.h"

/*
 * Print a line for `pc`, if not 0, and one for each caller: address, function and offset. `frame`
 * is the frame pointer there; it need not be right. After trap_start(), on any CPU.
 */
void backtrace_print(uint64_t pc, uint64_t frame);
#endif
