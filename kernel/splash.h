/* SPDX-License-Identifier: MIT */
/*
 * splash.h - the boot screen, drawn in three steps: the machine, its CPUs as they start, how long
 * the boot took. Only on the screen, as the report has all of it in words. Nothing is drawn if
 * there is no terminal, or if the screen shows the report.
 */
#ifndef KERNEL_SPLASH_H
#define KERNEL_SPLASH_H
#include "kernel/kernel.h"

void splash_machine(const struct kernel *k);

/* Show that `running` of the `named` CPUs run, in place of the previous such line. */
void splash_cpus(uint32_t running, uint32_t named);

void splash_times(const struct kernel *k);
#endif
