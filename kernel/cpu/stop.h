/* SPDX-License-Identifier: MIT */
/* stop.h - stops the other CPUs, in a panic or before the kernel is left. */
#ifndef KERNEL_STOP_H
#define KERNEL_STOP_H
#include "lib/base.h"

/*
 * Stop all CPUs but this one; what they were doing is never continued. Takes at most 2 seconds.
 * Returns how many did not stop; the console has warned of each. The next kernel can start them
 * again like the first. On any CPU, interrupts masked or not. If several CPUs call it, the first
 * one continues and the others are stopped.
 */
uint32_t cpus_stop(void);

/*
 * The last step of a panic, after cpus_stop(): run fn() on the boot CPU. On the boot CPU, returns
 * if fn does; on any other, never returns.
 */
void cpus_leave(void (*fn)(void));

/*
 * Returns if no other CPU has called cpus_stop(). In an interrupt or NMI, and on a CPU that has
 * just entered cpu.h's table.
 */
void stop_if_asked(void);

/* Prepare for cpus_stop(), which panics then call. Once, on the boot CPU, before others run. */
void stop_start(void);
#endif
