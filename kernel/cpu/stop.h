/* SPDX-License-Identifier: MIT */
/* stop.h - the end of the other CPUs: for what ends the kernel, or for a panic. */
#ifndef KERNEL_STOP_H
#define KERNEL_STOP_H
#include "lib/base.h"

/*
 * Stop all CPUs but this one, and have what they were doing never go on. Bounded: how many do not
 * stop, which has been said. They can be started again by the next kernel, as by a first one. Once.
 */
uint32_t cpus_stop(void);

/*
 * For the last part of a panic, after cpus_stop(): fn() on the boot CPU; here if this is it, and
 * then it returns if fn does.
 */
void cpus_leave(void (*fn)(void));

/* Make cpus_stop() possible, and a part of every panic. Once, before the second CPU runs. */
void stop_start(void);
#endif
