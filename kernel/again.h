/* SPDX-License-Identifier: MIT */
/* again.h - our kernel boots itself once more: when it is asked to, or instead of halting. */
#ifndef KERNEL_AGAIN_H
#define KERNEL_AGAIN_H
#include "kernel/kernel.h"

/* How often a panic may end so if panic=again does not say. */
#define AGAIN_PANICS	3

/* Bytes of a command line for it, the NUL included: what the stub keeps. */
#define AGAIN_CMDLINE	4096

/* Prepare for panic=again. Once, after the options have been read. */
void again_start(struct kernel *k);

/* As the command line asks. Returns if it does not, or if it cannot be done: then it says why. */
void again_run(struct kernel *k);

/* With this command line; returns as again_run(). The monitor's way, too. */
void again_with(struct kernel *k, const char *cmdline);

/*
 * Every subject's quiet step: interrupts, timers, other CPUs, devices that write to memory. After
 * it nothing but this CPU changes anything. From a panic, too: it must not wait for ever.
 */
void again_quiet(struct kernel *k);
#endif
