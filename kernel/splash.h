/* SPDX-License-Identifier: MIT */
/*
 * splash.h - the boot screen, in three steps: what the machine is; its CPUs, as they come; how long
 * the boot took. On the screen alone, as the report says all of it in words. Nothing is drawn if
 * there is no terminal, or if the report is shown there.
 */
#ifndef KERNEL_SPLASH_H
#define KERNEL_SPLASH_H
#include "kernel/kernel.h"

void splash_machine(const struct kernel *k);

/* So many of `named` run; drawn over the line before. */
void splash_cpus(uint32_t running, uint32_t named);

void splash_times(const struct kernel *k);
#endif
