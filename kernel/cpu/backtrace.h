/* SPDX-License-Identifier: MIT */
/* backtrace.h - prints the call chain that led to an address. */
#ifndef KERNEL_BACKTRACE_H
#define KERNEL_BACKTRACE_H
#include "lib/base.h"

/*
 * Print a line for `pc`, if not 0, and one for each caller: address, function and offset; at most
 * 40. `frame` is the frame pointer at pc. It need not be valid: reads that fault are survived.
 * After trap_start(), on any CPU, also in exception handlers.
 */
void backtrace_print(uint64_t pc, uint64_t frame);
#endif
